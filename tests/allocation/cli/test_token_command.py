from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from allocation.cli.app import app
from allocation.cli.exit_codes import ExitCode
from allocation.server.security.principals_file import read_principals
from allocation.server.security.roles import Role
from allocation.server.security.tokens import digest_of


def test_what_is_printed_makes_the_token_known(tmp_path: Path) -> None:
    out = tmp_path / "shop.token"
    command = ["token", "the shop", "--role", "checkout", "--role", "read", "--out", str(out)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0
    secret = out.read_text(encoding="utf-8").strip()
    assert secret not in done.output
    assert out.stat().st_mode & 0o777 == 0o600
    principals = tmp_path / "principals.toml"
    principals.write_text(done.stdout, encoding="utf-8")
    found = read_principals(principals).by_digest[digest_of(secret)]
    assert (found.name, set(found.roles)) == ("the shop", {Role.CHECKOUT, Role.READ})


def test_a_token_is_never_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "shop.token"
    out.write_text("precious", encoding="utf-8")
    done = CliRunner().invoke(app, ["token", "shop", "--role", "read", "--out", str(out)])
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert out.read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb"])
def test_a_name_that_would_break_the_file_is_refused(tmp_path: Path, name: str) -> None:
    out = tmp_path / "shop.token"
    done = CliRunner().invoke(app, ["token", name, "--role", "read", "--out", str(out)])
    assert done.exit_code == ExitCode.USAGE
    assert not out.exists()

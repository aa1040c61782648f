"""Certificates, keys and tokens: each finding is provoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from allocation.server.doctor.finding import Severity
from allocation.server.doctor.patient import World
from allocation.server.security.settings import SecuritySettings
from allocation.server.security.tokens import digest_of
from allocation.server.settings import ServerSettings
from tests.allocation.server.doctor.patients import NOW, WELL, amiss, found, message_of, on_file
from tests.allocation.server.security.certificates import UNTIL, Authority

END = UNTIL - timedelta(days=1)


def encrypted(folder: Path) -> SecuritySettings:
    """Return settings with a certificate that is valid to the end of the century."""
    certificate, key = Authority().issue("server").write(folder, "server")
    key.chmod(0o600)
    return SecuritySettings(tls_certificate_file=certificate, tls_key_file=key)


@pytest.mark.parametrize(
    ("before_end", "severity"),
    [
        (timedelta(days=22), None),
        (timedelta(days=20), Severity.WARNING),
        (timedelta(seconds=1), Severity.WARNING),
        (timedelta(0), Severity.ERROR),
    ],
)
def test_a_certificate_is_found_before_it_ends(
    tmp_path: Path, before_end: timedelta, severity: Severity | None
) -> None:
    settings = on_file(tmp_path, security=encrypted(tmp_path))
    then = replace(WELL, now=lambda: END - before_end)
    assert amiss(settings, then).get("certificates") == severity


def test_a_certificate_of_tomorrow_is_not_valid(tmp_path: Path) -> None:
    settings = on_file(tmp_path, security=encrypted(tmp_path))
    early = replace(WELL, now=lambda: NOW.replace(year=2019))
    assert "not now" in message_of("certificates", settings, early)


def test_the_authority_of_clients_ends_too(tmp_path: Path) -> None:
    ca = tmp_path / "clients.crt"
    ca.write_bytes(Authority().certificate)
    security = replace(encrypted(tmp_path), tls_client_ca_file=ca)
    then = replace(WELL, now=lambda: END - timedelta(days=1))
    from_both = [
        each for each in _messages(on_file(tmp_path, security=security), then) if "ends in" in each
    ]
    assert len(from_both) == 2
    assert any("clients.crt" in each for each in from_both)


def test_a_key_that_others_can_read_is_found(tmp_path: Path) -> None:
    settings = on_file(tmp_path, security=encrypted(tmp_path))
    assert amiss(settings) == {}
    (tmp_path / "server.key").chmod(0o640)
    assert amiss(settings) == {"secrets": Severity.WARNING}
    assert "mode 0640" in message_of("secrets", settings)


def test_a_password_file_that_postgresqls_client_passes_over_is_found(tmp_path: Path) -> None:
    settings = ServerSettings(store="postgresql://shipfrom@127.0.0.1:1/none")
    file = tmp_path / "pgpass"
    world = replace(WELL, password_file=lambda: file)
    assert "cannot be read" in message_of("secrets", settings, world)
    file.touch(mode=0o600)
    assert "secrets" not in amiss(settings, world)
    file.chmod(0o440)
    assert "is passed over" in message_of("secrets", settings, world)
    assert "secrets" not in amiss(on_file(tmp_path), world)


def test_files_that_cannot_be_used_and_open_doors_are_all_told(tmp_path: Path) -> None:
    security = replace(encrypted(tmp_path), principals_file=tmp_path / "gone.toml")
    (tmp_path / "server.crt").write_text("not a certificate")
    open_door = on_file(tmp_path, security=security, host="192.0.2.1")
    messages = "\n".join(_messages(open_door, WELL))
    assert "are not a certificate and its key" in messages
    assert "gone.toml" in messages
    bare = on_file(tmp_path, host="192.0.2.1")
    assert "nobody would be asked" in "\n".join(_messages(bare, WELL))


@pytest.mark.parametrize(
    ("end", "word"), [(timedelta(days=-1), "ended"), (timedelta(days=20), "ends"), (None, "")]
)
def test_tokens_that_end_are_named(tmp_path: Path, end: timedelta | None, word: str) -> None:
    principals = tmp_path / "principals.toml"
    expire = "" if end is None else f"expire_time = {NOW + end:%Y-%m-%dT%H:%M:%SZ}\n"
    principals.write_text(
        f'[[principal]]\nname = "shop"\nroles = ["checkout"]\ntoken_sha256 = "{digest_of("x")}"\n'
        + expire
    )
    settings = on_file(tmp_path, security=SecuritySettings(principals_file=principals))
    if not word:
        assert amiss(settings) == {}
    else:
        assert amiss(settings) == {"tokens": Severity.WARNING}
        assert f"the access of 'shop' {word}" in message_of("tokens", settings)


def _messages(settings: ServerSettings, world: World) -> list[str]:
    return [
        each.message
        for each in found(settings, world)
        if each.severity in (Severity.WARNING, Severity.ERROR)
    ]

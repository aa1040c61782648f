from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from allocation.server.security.principals_file import read_principals
from allocation.server.security.roles import Role
from allocation.server.security.tokens import digest_of, new_token

DIGEST = digest_of("token")


def read(tmp_path: Path, text: str):
    path = tmp_path / "principals.toml"
    path.write_text(text, encoding="utf-8")
    return read_principals(path)


def test_principals_are_found_by_digest_and_by_certificate(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        f"""
        [[principal]]
        name = "shop"
        roles = ["checkout", "read"]
        token_sha256 = "{DIGEST.upper()}"
        certificate = "shop.example.com"
        expire_time = 2027-01-01T01:00:00+01:00
        """,
    )
    shop = found.by_digest[DIGEST]
    assert (shop.name, shop.roles) == ("shop", {Role.CHECKOUT, Role.READ})
    assert shop.expire_time == datetime(2027, 1, 1, tzinfo=UTC)
    assert shop.proved_by == "token"
    assert found.by_certificate["shop.example.com"].proved_by == "certificate"


def test_all_problems_are_told_at_once_each_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="principals") as caught:
        read(
            tmp_path,
            f"""
            token = "left over"
            [[principal]]
            name = ""
            role = ["checkout"]
            token_sha256 = "abc"
            [[principal]]
            name = "b"
            roles = ["chekout"]
            expire_time = 2027-01-01
            [[principal]]
            name = "c"
            roles = ["read"]
            token_sha256 = "{DIGEST}"
            [[principal]]
            name = "d"
            roles = ["read"]
            token_sha256 = "{DIGEST}"
            """,
        )
    message = str(caught.value)
    for part in (
        "token: is unknown",
        "principal[0].role: is unknown; did you mean roles?",
        "principal[0].name",
        "principal[0].roles: is missing",
        "principal[0].token_sha256: is not 64 hex digits",
        "principal[1].roles[0]: is 'chekout'",
        "principal[1]: has neither token_sha256 nor certificate",
        "principal[1].expire_time",
        "principal[3].token_sha256: is also that of 'c'",
    ):
        assert part in message, part


@pytest.mark.parametrize(
    "text", ["", "principal = 7", "principal = [7]", "not toml", "[[principal]]", "\ud800"]
)
def test_a_file_without_principals_lets_nobody_in(tmp_path: Path, text: str) -> None:
    path = tmp_path / "principals.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ValueError, match="principals"):
        read_principals(path)


def test_new_tokens_are_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) > 43 and token.startswith("sft_") for token in tokens)
    assert len({digest_of(token) for token in tokens}) == 100

from __future__ import annotations

from pathlib import Path

import pytest

from allocation.server.in_process import running_server
from allocation.server.security.exposure import exposure_problems, is_local
from allocation.server.security.settings import SecuritySettings
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from routing.errors import InvalidInputError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_an_address_of_this_machine_is_no_exposure(host: str) -> None:
    assert is_local(host)
    assert exposure_problems(host, SecuritySettings()) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "localhost.example.com", "host"])
def test_any_other_address_needs_callers_that_are_asked_and_encryption(host: str) -> None:
    problems = exposure_problems(host, SecuritySettings())
    assert len(problems) == 2
    assert "principals_file" in problems[0]
    assert "allow_anonymous" in problems[0]
    assert "tls_certificate_file" in problems[1]
    assert "allow_plaintext" in problems[1]


def test_each_need_is_met_by_its_own_setting() -> None:
    file = Path("file")
    complete = SecuritySettings(principals_file=file, tls_certificate_file=file, tls_key_file=file)
    assert exposure_problems("0.0.0.0", complete) == []
    behind_a_proxy = SecuritySettings(principals_file=file, allow_plaintext=True)
    assert exposure_problems("0.0.0.0", behind_a_proxy) == []
    everything_goes = SecuritySettings(allow_anonymous=True, allow_plaintext=True)
    assert exposure_problems("0.0.0.0", everything_goes) == []
    assert len(exposure_problems("0.0.0.0", SecuritySettings(allow_anonymous=True))) == 1


async def test_a_server_that_anybody_could_use_does_not_start_and_opens_nothing(
    tmp_path: Path,
) -> None:
    database = tmp_path / "store.db"
    server = Server(ServerSettings(host="0.0.0.0", port=0, store=f"sqlite:///{database}"))
    with pytest.raises(StartError, match="nobody would be asked who they are"):
        await server.start()
    await server.drain()
    assert not database.exists()


async def test_it_starts_when_told_that_everybody_may_do_everything() -> None:
    security = SecuritySettings(allow_anonymous=True, allow_plaintext=True)
    async with running_server(ServerSettings(host="0.0.0.0", port=0, security=security)) as server:
        assert server.port


@pytest.mark.parametrize(
    ("security", "says"),
    [
        (SecuritySettings(principals_file=Path("/nowhere/principals.toml")), "principals.toml"),
        (
            SecuritySettings(
                jwks_file=Path("/nowhere/keys.json"), jwt_issuer="i", jwt_audience="a"
            ),
            "keys.json",
        ),
        (
            SecuritySettings(
                tls_certificate_file=Path("/nowhere/a.crt"), tls_key_file=Path("/nowhere/a.key")
            ),
            "certificate cannot be used",
        ),
    ],
)
async def test_a_file_that_is_not_there_keeps_the_server_from_starting(
    security: SecuritySettings, says: str
) -> None:
    server = Server(ServerSettings(port=0, security=security))
    with pytest.raises(StartError, match=says):
        await server.start()
    await server.drain()


def test_settings_that_lack_their_other_half_are_all_told() -> None:
    with pytest.raises(InvalidInputError) as caught:
        SecuritySettings(
            tls_key_file=Path("key"),
            tls_client_ca_file=Path("ca"),
            jwks_file=Path("keys"),
            jwt_roles_claim="",
            rate_per_s=-1,
            rate_burst=0,
        )
    assert {violation.path for violation in caught.value.violations} == {
        "tls_certificate_file",
        "tls_client_ca_file",
        "jwt_issuer",
        "jwt_audience",
        "jwt_roles_claim",
        "rate_per_s",
        "rate_burst",
    }

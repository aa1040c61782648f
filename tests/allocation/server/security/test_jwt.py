from __future__ import annotations

import base64
import hmac
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from allocation.errors import UnauthenticatedError
from allocation.server.security.authenticator import Authenticator
from allocation.server.security.jwks import JwtRules, read_keys, verify_jwt
from allocation.server.security.principal import Principal
from allocation.server.security.roles import Role
from allocation.server.security.settings import SecuritySettings
from tests.allocation.server.security.issuer import AUDIENCE, ISSUER, Issuer

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
RULES = JwtRules(ISSUER, AUDIENCE)


def verified(tmp_path: Path, token: str, issuer: Issuer, now: datetime = NOW) -> Principal:
    return verify_jwt(token, read_keys(issuer.write(tmp_path / "keys.json")), RULES, now)


def refusal(tmp_path: Path, token: str, issuer: Issuer, now: datetime = NOW) -> str:
    with pytest.raises(UnauthenticatedError) as caught:
        verified(tmp_path, token, issuer, now)
    return caught.value.message


@pytest.mark.parametrize(
    ("claim", "roles"),
    [
        (["checkout"], {Role.CHECKOUT}),
        (["rules", "read"], {Role.RULES, Role.READ}),
        ("rules read", {Role.RULES, Role.READ}),
        (["checkout", "somebody-elses-role"], {Role.CHECKOUT}),
        ([], set()),
        ({"admin": True}, set()),
        ([["admin"]], set()),
        (7, set()),
    ],
)
def test_roles_are_those_of_the_claim_that_exist(tmp_path: Path, claim: Any, roles: Any) -> None:
    issuer = Issuer()
    found = verified(tmp_path, issuer.token(NOW, claim), issuer)
    assert (found.name, found.proved_by, found.roles) == ("somebody", "jwt", roles)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"aud": "another-service"}, "Audience"),
        ({"iss": "https://elsewhere.example"}, "ssuer"),
        ({"exp": None}, "exp"),
        ({"sub": None}, "sub"),
        ({"sub": "a\nb"}, "sub"),
        ({"sub": "x" * 201}, "sub"),
        ({"exp": NOW - timedelta(minutes=1)}, "expired at 2026-11-02T11:59:00"),
        ({"nbf": NOW + timedelta(minutes=1)}, "not valid before 2026-11-02T12:01:00"),
    ],
)
def test_a_token_for_somebody_else_or_another_time_is_refused(
    tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    issuer = Issuer()
    message = refusal(tmp_path, issuer.token(NOW, ["admin"], **changes), issuer)
    assert says in message


def test_clocks_may_differ_by_half_a_minute(tmp_path: Path) -> None:
    issuer = Issuer()
    late = issuer.token(NOW, ["read"], exp=NOW - timedelta(seconds=29))
    early = issuer.token(NOW, ["read"], nbf=NOW + timedelta(seconds=29))
    assert verified(tmp_path, late, issuer).roles == {Role.READ}
    assert verified(tmp_path, early, issuer).roles == {Role.READ}
    assert "expired" in refusal(tmp_path, late, issuer, NOW + timedelta(seconds=2))


def test_a_token_signed_by_somebody_else_under_the_same_name_is_refused(tmp_path: Path) -> None:
    forged = Issuer("first").token(NOW, ["admin"])
    assert "ignature" in refusal(tmp_path, forged, Issuer("first"))


def test_a_token_signed_with_a_key_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "'second'" in refusal(tmp_path, Issuer("second").token(NOW, ["admin"]), Issuer("first"))


def test_an_unsigned_token_is_refused(tmp_path: Path) -> None:
    issuer = Issuer()
    claims = issuer.claims(NOW, ["admin"])
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": issuer.kid})
    assert refusal(tmp_path, unsigned, issuer)


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused(tmp_path: Path) -> None:
    issuer = Issuer()
    secret = json.dumps(issuer.entry()).encode()
    _, claims, _ = issuer.token(NOW, ["admin"]).split(".")
    header = _encoded(json.dumps({"alg": "HS256", "kid": issuer.kid}).encode())
    signature = hmac.digest(secret, f"{header}.{claims}".encode(), "sha256")
    assert refusal(tmp_path, f"{header}.{claims}.{_encoded(signature)}", issuer)


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@pytest.mark.parametrize("token", ["..", "a.b.c", "e30.e30.e30", "\0.\0.\0", "é.é.é"])
def test_what_is_no_token_is_refused(tmp_path: Path, token: str) -> None:
    assert refusal(tmp_path, token, Issuer())


def test_rsa_keys_do_as_well(tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    entry = {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": "r", "alg": "RS256"}
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [entry]}), encoding="utf-8")
    claims = Issuer().claims(NOW, ["stock"])
    token = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "r"})
    assert verify_jwt(token, read_keys(path), RULES, NOW).roles == {Role.STOCK}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "is not JSON"),
        ("[]", "is no key set"),
        ('{"keys": []}', "at least one key"),
        ('{"keys": [7]}', "keys[0]: is not a key"),
        ('{"keys": [{"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}]}', "keys[0]: is secret"),
        ('{"keys": [{"kty": "XX"}, {"use": "enc"}]}', "keys[1]: is not for signatures"),
        ('{"keys": [{"kty": "EC", "crv": "P-256", "x": "A", "y": "A"}]}', "not a key that is und"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_file_that_is_no_set_of_public_keys_is_refused(
    tmp_path: Path, content: str, says: str
) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match="keys") as caught:
        read_keys(path)
    assert says in str(caught.value)


def of_no_use() -> list[dict[str, Any]]:
    """Return keys that identity providers publish beside those that sign tokens."""
    public = json.loads(RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 2048).public_key())) | {
        "kid": "e"
    }
    return [
        {**public, "use": "enc", "alg": "RSA-OAEP"},
        {**public, "use": "sig", "alg": "RSA-OAEP"},
        {"kty": "XX", "kid": "new kind"},
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA", "kid": "broken"},
    ]


def test_keys_of_no_use_neither_hinder_the_others_nor_stand_in_the_log_themselves(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("allocation.server"), "propagate", True)
    path, issuer, others = tmp_path / "keys.json", Issuer(), of_no_use()
    path.write_text(json.dumps({"keys": [*others, issuer.entry()]}), encoding="utf-8")
    assert list(read_keys(path)) == [issuer.kid]
    assert verify_jwt(issuer.token(NOW, ["read"]), read_keys(path), RULES, NOW).name
    problems = vars(caplog.records[0])["problems"]
    assert [each.partition(":")[0] for each in problems] == [
        f"keys[{number}]" for number in range(len(others))
    ]
    assert others[0]["n"] not in str(problems)


def test_a_private_key_is_not_taken_nor_shown(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    private = json.loads(RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 2048)))
    path.write_text(json.dumps({"keys": [private]}), encoding="utf-8")
    with pytest.raises(ValueError, match="is secret") as caught:
        read_keys(path)
    assert private["d"] not in str(caught.value)


def test_a_short_key_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    short = json.loads(RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 1024).public_key()))
    path.write_text(json.dumps({"keys": [short]}), encoding="utf-8")
    with pytest.raises(ValueError, match="1024 bits"):
        read_keys(path)


def test_several_keys_need_names_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [Issuer().entry(), Issuer().entry()]}), encoding="utf-8")
    with pytest.raises(ValueError, match="kid of its own"):
        read_keys(path)


class Clocks:
    """Both clocks of an authenticator."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)


def test_keys_are_exchanged_while_the_server_runs(tmp_path: Path) -> None:
    old, new, clocks = Issuer("old"), Issuer("new"), Clocks()
    keys = old.write(tmp_path / "keys.json")
    settings = SecuritySettings(jwks_file=keys, jwt_issuer=ISSUER, jwt_audience=AUDIENCE)
    authenticator = Authenticator(settings, clocks.now, clocks.monotonic)

    def name(issuer: Issuer) -> str:
        metadata = [("authorization", f"Bearer {issuer.token(NOW, ['read'])}")]
        return authenticator.principal(lambda: metadata, dict).name

    assert name(old) == "somebody"
    with pytest.raises(UnauthenticatedError):
        name(new)
    new.write(keys)
    clocks.seconds += 2
    assert name(new) == "somebody"
    with pytest.raises(UnauthenticatedError):
        name(old)
    keys.write_text("broken", encoding="utf-8")
    clocks.seconds += 2
    assert name(new) == "somebody"


def test_a_token_that_was_verified_once_still_runs_out(tmp_path: Path) -> None:
    issuer, clocks = Issuer(), Clocks()
    settings = SecuritySettings(
        jwks_file=issuer.write(tmp_path / "keys.json"), jwt_issuer=ISSUER, jwt_audience=AUDIENCE
    )
    authenticator = Authenticator(settings, clocks.now, clocks.monotonic)
    metadata = [("authorization", f"bearer {issuer.token(NOW, ['read'])}")]
    assert authenticator.principal(lambda: metadata, dict).roles == {Role.READ}
    clocks.seconds = 3_700
    with pytest.raises(UnauthenticatedError, match="expired"):
        authenticator.principal(lambda: metadata, dict)

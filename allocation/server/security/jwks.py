"""Signed tokens (JWT), verified with public keys from a JWKS file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from allocation.errors import UnauthenticatedError
from allocation.server.security.principal import Principal
from allocation.server.security.roles import Role

if TYPE_CHECKING:
    import jwt

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures that are accepted: public keys only, so that nobody here could sign."""

_LEEWAY_S: Final = 30
_MOST_NAME_CHARS: Final = 200


def read_keys(path: Path) -> Mapping[str, jwt.PyJWK]:
    """Read a JSON Web Key Set.

    Returns
    -------
    mapping
        Keys by ``kid``; a lone key without one is under the empty string.

    Raises
    ------
    ValueError
        If it is no key set, has keys of other kinds, or several without a ``kid``.
    OSError
        If it cannot be read.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: is not JSON: {error}") from error
    entries = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise ValueError(f'{path}: is no key set; it has {{"keys": [...]}} with at least one key')
    keys: dict[str, jwt.PyJWK] = {}
    for number, entry in enumerate(entries):
        key = _key(entry, f"{path}: keys[{number}]")
        name = str(entry.get("kid", ""))
        if name in keys or (not name and len(entries) > 1):
            raise ValueError(f"{path}: keys[{number}]: give every key a kid of its own")
        keys[name] = key
    return keys


def _key(entry: Any, where: str) -> jwt.PyJWK:
    import jwt  # noqa: PLC0415 - it loads cryptography, and only servers with a key set need it

    try:
        key = jwt.PyJWK.from_dict(entry)
    except (jwt.PyJWTError, AttributeError, TypeError) as error:
        raise ValueError(f"{where}: is not a key: {error}") from error
    if key.algorithm_name not in ALGORITHMS:
        raise ValueError(
            f"{where}: is for {key.algorithm_name}; accepted are {', '.join(ALGORITHMS)}"
        )
    return key


@dataclass(frozen=True, slots=True)
class JwtRules:
    """What a token must say beside its signature.

    Attributes
    ----------
    issuer, audience
        Exactly as in ``iss`` and ``aud``.
    roles_claim
        Claim with the roles, a list or words in one string; unknown ones are passed over.
    """

    issuer: str
    audience: str
    roles_claim: str = "roles"


def verify_jwt(
    token: str, keys: Mapping[str, jwt.PyJWK], rules: JwtRules, now: datetime
) -> Principal:
    """Return who a token was issued to.

    Raises
    ------
    UnauthenticatedError
        The token is not signed by one of the keys, or not for this server, or not now.
    """
    import jwt  # noqa: PLC0415 - as above

    try:
        name = str(jwt.get_unverified_header(token).get("kid", ""))
        key = keys.get(name)
        if key is None:
            raise UnauthenticatedError(
                f"the token is signed with key {name[:40]!r}, which the server does not have"
            )
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=rules.issuer,
            audience=rules.audience,
            # Times are checked below, against the server's own clock.
            options={
                "require": ["exp", "sub", "iss", "aud"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except jwt.PyJWTError as error:
        raise UnauthenticatedError(f"the token cannot be accepted: {error}") from error
    return _principal(claims, rules, now)


def _principal(claims: Mapping[str, Any], rules: JwtRules, now: datetime) -> Principal:
    expires = _instant(claims, "exp")
    if expires is None:
        raise UnauthenticatedError("the token's exp is not a time")
    if now.timestamp() >= expires + _LEEWAY_S:
        raise UnauthenticatedError(f"the token expired at {_shown(expires)}; get a new one")
    begins = _instant(claims, "nbf")
    if begins is not None and now.timestamp() < begins - _LEEWAY_S:
        raise UnauthenticatedError(f"the token is not valid before {_shown(begins)}")
    name = str(claims["sub"])
    if not 0 < len(name) <= _MOST_NAME_CHARS or not name.isprintable():
        raise UnauthenticatedError("the token's sub is not a printable name")
    given = claims.get(rules.roles_claim, ())
    words = given.split() if isinstance(given, str) else given
    known = {role.value for role in Role}
    roles = frozenset(
        Role(each)
        for each in (words if isinstance(words, list) else ())
        if isinstance(each, str) and each in known
    )
    expire_time = datetime.fromtimestamp(expires + _LEEWAY_S, UTC)
    return Principal(name, roles, "jwt", expire_time)


def _instant(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    usable = isinstance(value, int | float) and 0 <= value < 2**33
    return float(value) if usable and value is not None else None


def _shown(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="seconds")

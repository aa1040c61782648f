"""Signed tokens (JWT), verified with public keys from a JWKS file."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from allocation.errors import UnauthenticatedError
from allocation.server.security.content import text_of
from allocation.server.security.principal import Principal
from allocation.server.security.roles import Role

if TYPE_CHECKING:
    import jwt

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures that are accepted: public keys only, so that nobody here could sign."""

LEAST_RSA_BITS: Final = 2_048

LOG: Final = logging.getLogger("allocation.server")

_LEEWAY_S: Final = 30
_MOST_NAME_CHARS: Final = 200


def read_keys(path: Path) -> Mapping[str, jwt.PyJWK]:
    """Read a JSON Web Key Set.

    Identity providers publish keys that sign no tokens in the same set, such as those for
    encryption. What cannot be used is passed over with a warning in the log: else one such key
    would keep the others, and the end of a key that has leaked, from being taken over.

    Returns
    -------
    mapping
        Keys by ``kid``; a lone key without one is under the empty string.

    Raises
    ------
    ValueError
        If it cannot be read, is no key set, if none of its keys can be used, each with its reason,
        or if several that can have no ``kid`` of their own.
    """
    entries = _entries(path)
    keys: dict[str, jwt.PyJWK] = {}
    problems = []
    for number, entry in enumerate(entries):
        try:
            key = _key(entry)
        except ValueError as error:
            problems.append(f"keys[{number}]: {error}")
            continue
        name = str(entry.get("kid", ""))
        if name in keys:
            raise ValueError(f"{path}: keys[{number}]: give every key a kid of its own")
        keys[name] = key
    if not keys:
        raise ValueError(f"{path}: none of its keys can be used: {'; '.join(problems)}")
    if problems:
        LOG.warning("keys passed over", extra={"files": [str(path)], "problems": problems})
    return keys


def _entries(path: Path) -> list[Any]:
    text = text_of(path)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: is not JSON: {error}") from error
    entries = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise ValueError(f'{path}: is no key set; it has {{"keys": [...]}} with at least one key')
    return entries


def _key(entry: Any) -> jwt.PyJWK:
    """Return the key of an entry; raise `ValueError` with why it cannot be used, not with it."""
    import jwt  # noqa: PLC0415 - it loads cryptography, and only servers with a key set need it

    if not isinstance(entry, dict):
        raise ValueError("is not a key")  # noqa: TRY004  # of a file, not of a program
    use = entry.get("use", "sig")
    if use != "sig":
        raise ValueError(f"is not for signatures: its use is {use!r}"[:_MOST_NAME_CHARS])
    if "d" in entry or "k" in entry:
        raise ValueError("is secret: give the public key only, and exchange this one")
    try:
        key = jwt.PyJWK.from_dict(entry)
    except (jwt.PyJWTError, AttributeError, TypeError, ValueError) as error:
        # The library's own words may hold the whole key.
        named = {name: str(entry.get(name, ""))[:20] for name in ("kty", "crv", "alg")}
        raise ValueError(f"is not a key that is understood: {named}") from error
    if key.algorithm_name not in ALGORITHMS:
        raise ValueError(f"is for {key.algorithm_name}; accepted are {', '.join(ALGORITHMS)}")
    bits = getattr(key.key, "key_size", LEAST_RSA_BITS)
    if entry.get("kty") == "RSA" and bits < LEAST_RSA_BITS:
        raise ValueError(f"is of {bits} bits; RSA keys of at least {LEAST_RSA_BITS} are accepted")
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

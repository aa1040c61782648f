"""The principals file: names, roles, and the digest of each one's token or certificate name.

```toml
[[principal]]
name = "shop"
roles = ["checkout"]
token_sha256 = "…64 hex digits…"    # of the token, made by `shipfrom token`
expire_time = 2027-01-01T00:00:00Z  # optional

[[principal]]
name = "warehouse"
roles = ["stock"]
certificate = "spiffe://example.com/warehouse"  # a name in the client's certificate
```

The file holds no secret: a digest of 256 random bits gives nobody the token.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from allocation.server.security.content import text_of
from allocation.server.security.principal import Principal
from allocation.server.security.roles import Role
from routing.errors import InvalidInputError, Violation, raise_if_any

_KEYS: Final = ("name", "roles", "token_sha256", "certificate", "expire_time")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MOST_NAME_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Principals:
    """Principals by what proves them.

    Attributes
    ----------
    by_digest
        By the SHA-256 of the token, lower-case hex.
    by_certificate
        By a name in the client certificate.
    """

    by_digest: Mapping[str, Principal]
    by_certificate: Mapping[str, Principal]


def read_principals(path: Path) -> Principals:
    """Read a principals file.

    Raises
    ------
    ValueError
        If it cannot be read, or with every problem of the file, each with its place.
    """
    text = text_of(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: is not TOML: {error}") from error
    try:
        return _principals(content)
    except InvalidInputError as error:
        problems = "; ".join(str(violation) for violation in error.violations)
        raise ValueError(f"{path}: {problems}") from error


def _principals(content: Mapping[str, Any]) -> Principals:
    problems = [
        Violation(key, "is unknown; the file has [[principal]] tables and nothing else")
        for key in content
        if key != "principal"
    ]
    tables = content.get("principal", [])
    if not isinstance(tables, list) or not tables:
        problems.append(Violation("principal", "is missing; give at least one [[principal]]"))
        tables = []
    by_digest: dict[str, Principal] = {}
    by_certificate: dict[str, Principal] = {}
    for number, table in enumerate(tables):
        path = f"principal[{number}]"
        found = list(_problems(table, path))
        problems += found
        if found:
            continue
        proofs = (
            ("token_sha256", by_digest, table.get("token_sha256", "").lower()),
            ("certificate", by_certificate, table.get("certificate", "")),
        )
        for key, known, proof in proofs:
            if proof in known:
                problems.append(
                    Violation(f"{path}.{key}", f"is also that of {known[proof].name!r}; keep one")
                )
            elif proof:
                known[proof] = _principal(table, "token" if known is by_digest else "certificate")
    raise_if_any(problems)
    return Principals(by_digest, by_certificate)


def _principal(table: Mapping[str, Any], proved_by: str) -> Principal:
    expire_time = table.get("expire_time")
    return Principal(
        table["name"],
        frozenset(Role(each) for each in table["roles"]),
        proved_by,
        None if expire_time is None else expire_time.astimezone(UTC),
    )


def _problems(table: Any, path: str) -> Iterator[Violation]:
    if not isinstance(table, dict):
        yield Violation(path, "is not a table; write [[principal]]")
        return
    for key in table:
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(_KEYS)}"
            yield Violation(f"{path}.{key}", f"is unknown; {hint}")
    name = table.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= _MOST_NAME_CHARS or not name.isprintable():
        yield Violation(f"{path}.name", f"give a printable name of 1 to {_MOST_NAME_CHARS} letters")
    yield from _role_problems(table.get("roles"), f"{path}.roles")
    yield from _proof_problems(table, path)
    expire_time = table.get("expire_time")
    aware = isinstance(expire_time, datetime) and expire_time.tzinfo is not None
    if expire_time is not None and not aware:
        yield Violation(f"{path}.expire_time", "give a time with its offset: 2027-01-01T00:00:00Z")


def _role_problems(roles: Any, path: str) -> Iterator[Violation]:
    known = [role.value for role in Role]
    if not isinstance(roles, list) or not roles:
        yield Violation(path, f"is missing; give a list of {', '.join(known)}")
        return
    for number, role in enumerate(roles):
        if role not in known:
            yield Violation(f"{path}[{number}]", f"is {role!r}; known are {', '.join(known)}")


def _proof_problems(table: Mapping[str, Any], path: str) -> Iterator[Violation]:
    digest, certificate = table.get("token_sha256"), table.get("certificate")
    if digest is None and certificate is None:
        yield Violation(path, "has neither token_sha256 nor certificate: nobody could be it")
    if digest is not None and not (
        isinstance(digest, str) and _DIGEST.fullmatch(digest.lower()) is not None
    ):
        yield Violation(
            f"{path}.token_sha256", "is not 64 hex digits; make one with: shipfrom token"
        )
    if certificate is not None and not (isinstance(certificate, str) and certificate):
        yield Violation(f"{path}.certificate", "give a name that the client's certificate has")

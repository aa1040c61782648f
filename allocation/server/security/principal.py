"""Principals: who a call comes from, as far as the server could make sure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allocation.server.security.roles import Role


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who may call.

    Attributes
    ----------
    name
        As in the principals file or the token's ``sub``; stands in the audit log.
    roles
        What they may do.
    proved_by
        ``"token"``, ``"jwt"``, ``"certificate"``, or ``"nothing"`` where nobody is asked.
    expire_time
        Aware UTC; ``None`` if the proof has no end.
    """

    name: str
    roles: frozenset[Role]
    proved_by: str
    expire_time: datetime | None = None


LOCAL: Final = Principal("local", frozenset({Role.ADMIN}), "nothing")
"""Whoever calls a server that asks nobody who they are."""

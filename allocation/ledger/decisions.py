"""What decisions were made of, for those who ask later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol


class Decisions(Protocol):
    """Keeps a record per plan, and contents that records share. Safe to use from many threads.

    What a record says is up to whoever writes it. A hold keeps its record in the same write
    (`allocation.ledger.commands.Hold.decision`); this is for other plans, and for reading.
    Every method may raise `LedgerUnavailableError`.
    """

    def keep(self, plan_id: str, record: bytes, *, now: datetime) -> Future[None]:
        """Keep a record; done once it is durable. The first record of a plan stays."""
        ...

    def find(self, plan_id: str) -> bytes | None:
        """Return the record of a plan."""
        ...

    def keep_contents(self, contents: Iterable[bytes]) -> None:
        """Keep contents, each once, under their digests; durable when this returns."""
        ...

    def content(self, digest: bytes) -> bytes | None:
        """Return the content with this digest."""
        ...


def digest_of(content: bytes) -> bytes:
    """Return the name under which a content is kept, 32 bytes."""
    return hashlib.sha256(content).digest()

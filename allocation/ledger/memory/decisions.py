"""Records of decisions in memory."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from datetime import datetime

from allocation.ledger.decisions import digest_of
from allocation.ledger.memory.state import State


class MemoryDecisions:
    """Implements `Decisions` beside a ledger in memory."""

    def __init__(self, state: State) -> None:
        self._records = state.decisions
        self._contents: dict[bytes, bytes] = {}

    def keep(self, plan_id: str, record: bytes, *, now: datetime) -> Future[None]:
        """See `Decisions.keep`; done at once."""
        del now
        self._records.setdefault(plan_id, record)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def find(self, plan_id: str) -> bytes | None:
        """See `Decisions.find`."""
        return self._records.get(plan_id)

    def keep_contents(self, contents: Iterable[bytes]) -> None:
        """See `Decisions.keep_contents`."""
        self._contents.update((digest_of(content), content) for content in contents)

    def content(self, digest: bytes) -> bytes | None:
        """See `Decisions.content`."""
        return self._contents.get(digest)

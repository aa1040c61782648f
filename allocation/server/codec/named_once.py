"""Things that a call puts, each under an id of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from allocation.server.codec.findings import Findings, shown


class Identified(Protocol):
    """A message with an id."""

    id: str


Message = TypeVar("Message", bound=Identified)


def named_once(
    messages: Iterable[Message], path: str, findings: Findings
) -> Iterator[tuple[str, Message, bool]]:
    """Yield messages with their paths, and whether the id is new; refuse one that is not."""
    seen: dict[str, int] = {}
    for index, message in enumerate(messages):
        at = f"{path}[{index}]"
        first = seen.setdefault(message.id, index)
        repeats = first != index and bool(message.id)
        if repeats:
            findings.refuse(f"{at}.id", f"{shown(message.id)} is also {path}[{first}]; keep one")
        yield at, message, not repeats

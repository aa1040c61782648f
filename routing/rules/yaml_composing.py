"""Parsed trees of YAML texts, of which none takes more memory, stack or time than there is."""

from __future__ import annotations

from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import StreamMark
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent
from ruamel.yaml.nodes import Node
from ruamel.yaml.parser import Parser

MOST_DEPTH: Final = 20
MOST_PARTS: Final = 60_000
"""Names, values, lists and mappings; a thousand take 30 ms to read."""


class _GivenUpError(Exception):
    """What a text has so far is refused, and the rest is not looked at."""


class Refusals:
    """What of a text is refused while it is read, and where."""

    def __init__(self) -> None:
        self.found: list[tuple[StreamMark, str]] = []
        self._depth = self._parts = 0

    def look_at(self, event: Any) -> None:
        """Take note of the next event of a text; give up if it is too long or too deep."""
        self._parts += isinstance(event, NodeEvent)
        if self._parts > MOST_PARTS:
            message = f"is beyond the {MOST_PARTS:,} names and values that a file may have"
            self._give_up(event, f"{message}; say more of them at once")
        if isinstance(event, AliasEvent):
            # A few nested references can stand for more values than fit into memory.
            name = f"refers to *{event.anchor}; write the value out, references are not read"
            self.found.append((event.start_mark, name))
        elif isinstance(event, CollectionStartEvent):
            self._depth += 1
            if self._depth > MOST_DEPTH:
                self._give_up(event, f"is nested more than {MOST_DEPTH} deep; flatten it")
        elif isinstance(event, CollectionEndEvent):
            self._depth -= 1

    def _give_up(self, event: Any, message: str) -> None:
        self.found.append((event.start_mark, message))
        raise _GivenUpError


def composed(text: str, refusals: Refusals) -> Node | None:
    """Return the parsed tree of a text in one go; ``None`` if it is empty or was given up.

    Parameters
    ----------
    refusals
        Sees every event before anything is made of it. If it has found something, the tree is
        not to be used: what references refer to is in it many times.

    Raises
    ------
    ruamel.yaml.error.YAMLError
        It is no YAML.
    """

    class Watched(Parser):
        def get_event(self) -> Any:
            event = super().get_event()
            refusals.look_at(event)
            return event

    # Not the kind that keeps comments, which takes half as long again.
    yaml = YAML(typ="safe", pure=True)
    yaml.Parser = Watched
    try:
        root: Node | None = yaml.compose(text)
    except _GivenUpError:
        return None
    return root

"""How long a condition may take at worst, found before it is ever answered.

CEL ends always, but lists inside of lists, and patterns that are large once they are compiled,
can make "always" long. What is counted here are steps of about 50 ns, for orders and locations
with as many tags as they may have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from routing.rules.conditions.fields import SUBJECTS, Kind
from routing.rules.conditions.mentions import mentions
from routing.rules.conditions.tokens import Token, TokenKind, tokens

MOST_STEPS: Final = 10_000_000
"""About half a second for the largest order; usual conditions take under a thousand."""

MOST_TAGS: Final = 1_000
"""Tags of an order, a line, an item or a location."""

_REPEATS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "all": MOST_TAGS,
        "exists": MOST_TAGS,
        "exists_one": MOST_TAGS,
        # The list that they make is copied each time it grows.
        "filter": MOST_TAGS * 50,
        "map": MOST_TAGS * MOST_TAGS,
    }
)
_LIST_STEPS: Final = 1_500
"""A list that is named inside of another one is copied each time."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A part of a condition that is answered once per entry of a list.

    Attributes
    ----------
    begin, end
        Indices of its first word and of the bracket that closes it.
    times
        How often at most.
    """

    begin: int
    end: int
    times: int

    def holds(self, index: int) -> bool:
        """Whether a word lies in it."""
        return self.begin <= index < self.end


def steps_of(source: str) -> int:
    """Return how many steps an answer takes at most, patterns aside."""
    words = list(tokens(source))
    parts = list(repeated_parts(words))
    lists = _list_offsets(source)
    total = 0
    for index, word in enumerate(words):
        times = times_of(index, parts)
        total += times
        if word.offset in lists and times > 1:
            total += times * _LIST_STEPS
    return total


def times_of(index: int, parts: Sequence[Repeated]) -> int:
    """Return how often a word is met in one answer at most."""
    times = 1
    for part in parts:
        if part.holds(index):
            times *= part.times
    return times


def repeated_parts(words: Sequence[Token]) -> Iterator[Repeated]:
    """Yield the bodies of `all`, `exists` and the like, wherever they stand."""
    for index in range(1, len(words) - 1):
        word = words[index]
        is_macro = word.kind is TokenKind.NAME and word.text in _REPEATS
        if is_macro and words[index - 1].text == "." and words[index + 1].text == "(":
            yield Repeated(index + 2, _closing(words, index + 1), _REPEATS[word.text])


def _closing(words: Sequence[Token], opening: int) -> int:
    """Return the index of the bracket that closes the one at `opening`, or of the end."""
    depth = 0
    for index in range(opening, len(words)):
        text = words[index].text
        if text in ("(", "[", "{"):
            depth += 1
        elif text in (")", "]", "}"):
            depth -= 1
            if depth == 0:
                return index
    return len(words)


def _list_offsets(source: str) -> frozenset[int]:
    return frozenset(
        each.offsets[0]
        for each in mentions(source)
        if len(each.names) > 1 and _is_list(*each.names[:2])
    )


def _is_list(subject: str, name: str) -> bool:
    field = SUBJECTS.get(subject, {}).get(name)
    return field is not None and field.kind is Kind.TEXTS

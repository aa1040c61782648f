"""Which fields a condition mentions, and what it compares them with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from routing.rules.conditions.tokens import Token, TokenKind, tokens

COMPARISONS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
_MACROS: Final = frozenset({"all", "exists", "exists_one", "filter", "map"})
_WORDS: Final = frozenset({"true", "false", "null", "in"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A name with everything after its dots: ``order.channel``.

    Attributes
    ----------
    names
        ``("order", "channel")``.
    offsets
        Of each name.
    call
        Whether a call follows: the last name is then a function.
    sign
        What it is compared by, as if it stood on the left: ``==``, ``<``, ``in`` for
        "is one of", ``contains`` for "has in it"; empty without a comparison.
    values
        The literals it is compared with.
    """

    names: tuple[str, ...]
    offsets: tuple[int, ...]
    call: bool = False
    sign: str = ""
    values: tuple[Token, ...] = ()


@lru_cache(maxsize=4_096)
def mentions(source: str) -> tuple[Mention, ...]:
    """Return every name that is no word of the language and no variable of the condition."""
    words = list(tokens(source))
    own = {each.text for each in own_variables(source)}
    return tuple(each for each in _mentions(words) if each.names[0] not in own)


def own_variables(source: str) -> tuple[Token, ...]:
    """Return names like ``t`` in ``tags.exists(t, t == 'x')`` where they are given."""
    words = list(tokens(source))
    return tuple(
        words[index + 2]
        for index in range(len(words) - 3)
        if words[index].text in _MACROS
        and words[index + 1].text == "("
        and words[index + 2].kind is TokenKind.NAME
        and words[index + 3].text == ","
    )


def _mentions(words: Sequence[Token]) -> Iterator[Mention]:
    index = 0
    while index < len(words):
        word = words[index]
        after_dot = index > 0 and words[index - 1].text == "."
        if word.kind is not TokenKind.NAME or word.text in _WORDS or after_dot:
            index += 1
            continue
        end = index + 1
        while _at(words, end) == "." and _is_name(words, end + 1):
            end += 2
        names = words[index:end:2]
        call = _at(words, end) == "("
        sign, values = ("", ()) if call else _comparison(words, index, end)
        yield Mention(
            tuple(each.text for each in names),
            tuple(each.offset for each in names),
            call,
            sign,
            values,
        )
        index = end


_MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _comparison(words: Sequence[Token], start: int, end: int) -> tuple[str, tuple[Token, ...]]:
    after, before = _at(words, end), _at(words, start - 1)
    if after in COMPARISONS and _is_literal(words, end + 1):
        return after, (words[end + 1],)
    if after == "in" and _at(words, end + 1) == "[":
        return "in", _listed(words, end + 2)
    if before in COMPARISONS and _is_literal(words, start - 2):
        return _MIRRORED.get(before, before), (words[start - 2],)
    if before == "in" and _is_literal(words, start - 2):
        return "contains", (words[start - 2],)
    return "", ()


def _listed(words: Sequence[Token], start: int) -> tuple[Token, ...]:
    found = []
    index = start
    while index < len(words) and words[index].text != "]":
        if _is_literal(words, index):
            found.append(words[index])
        index += 1
    return tuple(found)


def _at(words: Sequence[Token], index: int) -> str:
    return words[index].text if 0 <= index < len(words) else ""


def _is_name(words: Sequence[Token], index: int) -> bool:
    return index < len(words) and words[index].kind is TokenKind.NAME


def _is_literal(words: Sequence[Token], index: int) -> bool:
    if not 0 <= index < len(words):
        return False
    word = words[index]
    return word.kind in {TokenKind.TEXT, TokenKind.NUMBER} or word.text in {
        "true",
        "false",
        "null",
    }

"""Texts with something wrong: lines and words of good ones, cut, moved, repeated and replaced."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import Final

NASTY: Final = (
    "",
    " ",
    "\t",
    "\0",
    "\r",
    "\n",
    "\u2028",
    "\ufeff",
    "\u202e",
    "\U0001f4a9",
    '"',
    "'",
    '""',
    ",",
    ";",
    ",,,,",
    ":",
    ": ",
    "- ",
    "#",
    "&a",
    "*a",
    "!!python/object/apply:os.system ['true']",
    "!!binary ////",
    "<<: *a",
    "|",
    ">-",
    "%YAML 9.9",
    "---",
    "...",
    "{",
    "}",
    "[",
    "]",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "~",
    "null",
    "true",
    "yes",
    "NaN",
    ".inf",
    "-.inf",
    "1e999",
    "1e-999",
    "1E+9999999",
    "0x7f",
    "0o17",
    "1_000",
    "-0",
    "-1",
    "9223372036854775808",
    "9" * 40,
    "9" * 5_000,
    "0." + "0" * 400 + "1",
    "1,5",
    "$12.50",
    "\u0661\u0662",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31T23:59:60Z",
    "2026-11-01T01:30:00",
    "x" * 200,
    "x" * 140_000,
    "'; DROP TABLE plan; --",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "__import__('os')",
    "order.tags.all(a, a != '')",
    "1 / 0 == 1",
    "!" * 50,
    "(" * 50,
)

_WORD: Final = re.compile(r"[\w.$-]+|[^\w\s]|\s+")


def mutated(rng: random.Random, text: str, others: Sequence[str], times: int) -> str:
    """Return a text changed in `times` places; parts come from itself and from `others`."""
    for _ in range(times):
        text = rng.choice(_CHANGES)(rng, text, others)
        if len(text) > 400_000:
            return text[:400_000]
    return text


def _word(rng: random.Random, text: str, others: Sequence[str]) -> str:
    """Replace a word, by a nasty one or by another of the texts."""
    words = _WORD.findall(text)
    if not words:
        return rng.choice(NASTY)
    from_text = _WORD.findall(rng.choice(others)) or [""]
    words[rng.randrange(len(words))] = rng.choice((rng.choice(NASTY), rng.choice(from_text)))
    return "".join(words)


def _insert(rng: random.Random, text: str, others: Sequence[str]) -> str:
    place = rng.randrange(len(text) + 1)
    return text[:place] + rng.choice(NASTY) + text[place:]


def _character(rng: random.Random, text: str, others: Sequence[str]) -> str:
    place = rng.randrange(len(text) + 1)
    return (
        text[:place] + chr(rng.choice((rng.randrange(128), rng.randrange(0xD7FF)))) + text[place:]
    )


def _delete(rng: random.Random, text: str, others: Sequence[str]) -> str:
    begin = rng.randrange(len(text) + 1)
    return text[:begin] + text[begin + rng.choice((1, 1, 2, 5, 40)) :]


def _cut(rng: random.Random, text: str, others: Sequence[str]) -> str:
    return text[: rng.randrange(len(text) + 1)]


def _lines(rng: random.Random, text: str, others: Sequence[str]) -> str:
    """Repeat, drop, move or indent a line, or take one from another text."""
    lines = text.splitlines(keepends=True) or [""]
    index = rng.randrange(len(lines))
    how = rng.randrange(5)
    if how == 0:
        lines[index:index] = [lines[index]] * rng.choice((1, 2, 30))
    elif how == 1:
        del lines[index]
    elif how == 2:
        lines.insert(rng.randrange(len(lines)), lines.pop(index))
    elif how == 3:
        lines[index] = rng.choice(("  ", "    ", "\t", "      - ")) + lines[index]
    else:
        lines.insert(index, rng.choice(rng.choice(others).splitlines(keepends=True) or ["\n"]))
    return "".join(lines)


_CHANGES: Final[tuple[Callable[[random.Random, str, Sequence[str]], str], ...]] = (
    _word,
    _word,
    _word,
    _insert,
    _character,
    _delete,
    _cut,
    _lines,
    _lines,
)

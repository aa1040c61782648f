"""Splits a condition into words with their places; what it means is up to CEL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final


class TokenKind(Enum):
    """What sort of word it is."""

    NAME = "name"
    TEXT = "text"
    NUMBER = "number"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a condition, and the characters before it."""

    kind: TokenKind
    text: str
    offset: int

    @property
    def value(self) -> str:
        """What stands between the quotes of a text; else the word itself."""
        if self.kind is not TokenKind.TEXT:
            return self.text
        bare = self.text.lstrip("rRbB")
        quotes = 3 if bare[:3] in {'"""', "'''"} else 1
        return bare[quotes:-quotes]


_PATTERN: Final = re.compile(
    r"""
    (?P<space>\s+ | //[^\n]*)
  | (?P<text>[rRbB]{0,2}(?:\"\"\"(?:\\.|[^\\])*?\"\"\" | '''(?:\\.|[^\\])*?'''
        | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'))
  | (?P<number>(?:0x[0-9a-fA-F]+|\d+\.\d+(?:[eE][+-]?\d+)?|\d+(?:[eE][+-]?\d+)?|\.\d+)[uU]?)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign>==|!=|<=|>=|&&|\|\||.)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(source: str) -> Iterator[Token]:
    """Yield the words of a condition, without spaces and comments."""
    for match in _PATTERN.finditer(source):
        kind = match.lastgroup
        if kind is not None and kind != "space":
            yield Token(TokenKind(kind), match.group(), match.start())

"""Identifiers, words and codes: strings that mean something."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from allocation.server.codec.findings import Findings, shown

MOST_ID_CHARS: Final = 128
MOST_PROSE_CHARS: Final = 1_024
MOST_WORDS: Final = 1_000

_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def decode_id(text: str, path: str, findings: Findings) -> str:
    """Return an identifier of 1 to 128 characters without control characters."""
    if is_plain_id(text):
        return text
    if not text:
        findings.refuse(path, "is missing; give 1 to 128 characters")
    else:
        _check_text(text, path, findings, MOST_ID_CHARS)
    return text


def is_plain_id(text: str) -> bool:
    """Say whether a text surely is an identifier; if not, `decode_id` has the last word."""
    return 0 < len(text) <= MOST_ID_CHARS and text.isprintable()


def decode_word(text: str, path: str, findings: Findings) -> str | None:
    """Return an optional word that rules or other fields refer to, ``None`` when empty."""
    return decode_id(text, path, findings) if text else None


def decode_prose(text: str, path: str, findings: Findings) -> str:
    """Return text for people: at most 1,024 characters, no control characters."""
    if len(text) > MOST_PROSE_CHARS or not text.isprintable():
        _check_text(text, path, findings, MOST_PROSE_CHARS)
    return text


def decode_words(texts: Iterable[str], path: str, findings: Findings) -> frozenset[str]:
    """Return a set of words or ids; at most 1,000, none of them empty."""
    words = list(texts)
    if not words:
        return frozenset()
    if len(words) > MOST_WORDS:
        findings.refuse(path, f"has {len(words)} entries; give at most {MOST_WORDS}")
        return frozenset()
    return frozenset(
        decode_id(word, f"{path}[{index}]", findings) for index, word in enumerate(words)
    )


def decode_currency(text: str, path: str, findings: Findings) -> str | None:
    """Return an ISO 4217 code, ``None`` when empty."""
    if not text:
        return None
    if not _CURRENCY.fullmatch(text):
        findings.refuse(path, f"is {shown(text)}; give an ISO 4217 code such as 'USD'")
        return None
    return text


def decode_country(text: str, path: str, findings: Findings) -> str | None:
    """Return an ISO 3166-1 alpha-2 code in capitals, ``None`` when empty."""
    if not text:
        return None
    country = text.upper()
    if not _COUNTRY.fullmatch(country):
        message = f"is {shown(text)}; give an ISO 3166-1 alpha-2 code such as 'US'"
        findings.refuse(path, message)
        return None
    return country


def slug(name: str) -> str:
    """Return a carrier's, service's or zone scheme's name as a code.

    Codes are lower case with hyphens, so that "USPS" and "usps", or "Ground Advantage" and
    "ground-advantage", mean the same.
    """
    return re.sub(r"[^\w]+|_+", "-", name.casefold()).strip("-")


def _check_text(text: str, path: str, findings: Findings, most_chars: int) -> None:
    if len(text) > most_chars:
        findings.refuse(path, f"has {len(text)} characters; give at most {most_chars}")
    elif any(unicodedata.category(character) == "Cc" for character in text):
        findings.refuse(path, f"is {shown(text)}; leave out control characters")

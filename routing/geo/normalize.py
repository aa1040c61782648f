"""Postal codes as people write them, turned into the keys of the index.

One visible table, `CODE_RULES`, says per country what a code looks like and how much of it the
index holds. What fits no rule has no key: nothing is repaired by guessing, with one exception.
Spreadsheets drop leading zeros, so a code that is too short is filled up where the table says so.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_MAX_LENGTH = 32
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc", "-"))
_APOSTROPHES = "'\u2018\u2019`"

POSTAL_COUNTRY: Final = {
    **dict.fromkeys(("AS", "GU", "MP", "PR", "VI"), "US"),
    **dict.fromkeys(("GG", "IM", "JE", "UK"), "GB"),
    **dict.fromkeys(("CC", "CX", "NF"), "AU"),
    **dict.fromkeys(("SM", "VA"), "IT"),
}
"""Country codes whose addresses use the postal codes of another country."""


@dataclass(frozen=True, slots=True)
class PostalKey:
    """What the index is asked for.

    Attributes
    ----------
    country
        ISO 3166-1 alpha-2 code of the postal system, upper case.
    code
        Digits and capital letters only, at most 8.
    is_whole
        Whether `code` is the whole code as given; `False` where the index only knows the wider
        area (a Canadian code cut to its first three characters, say).
    """

    country: str
    code: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class CodeRule:
    """How a country writes its codes.

    Attributes
    ----------
    pattern
        Matches a code without spaces in upper case. Group 1 is what the index holds; group 2, if
        there is one and it matched, is a finer part the index does not hold.
    width
        Length to which group 1 is filled up with leading zeros.
    tags
        Letters that may stand before the digits: the country's own sign (``D-10115``).
    dropped
        Characters that carry no meaning in this country.
    """

    pattern: re.Pattern[str]
    width: int = 0
    tags: tuple[str, ...] = ()
    dropped: str = "-"

    def key(self, country: str, compact: str) -> PostalKey | None:
        """Return the key of a code without spaces in upper case, `None` if it is not one."""
        for tag in sorted((country, *self.tags), key=len, reverse=True):
            if self.width and compact.startswith(tag):
                compact = compact.removeprefix(tag).removeprefix("-")
                break
        if "." in self.dropped:
            compact = compact.removesuffix(_OF_A_NUMBER)
        match = self.pattern.fullmatch(compact.translate(dict.fromkeys(map(ord, self.dropped))))
        if match is None:
            return None
        known, *finer = match.groups()
        return PostalKey(country, known.zfill(self.width), is_whole=not any(finer))


_OF_A_NUMBER: Final = ".0"
"""What is left at the end of a code that a spreadsheet took for a number."""


def _digits(
    width: int, *tags: str, shortest: int | None = None, finer: str = "", dropped: str = "-"
) -> CodeRule:
    """Return the rule of a code of `width` digits that may be followed by `finer`."""
    # "1067.0" is what is left of 01067 after a spreadsheet took it for a number.
    digits = f"([0-9]{{{shortest or width},{width}}})(?:\\.0)?"
    pattern = f"([0-9]{{{width}}})(?:({finer}))?" if finer else digits
    return CodeRule(re.compile(pattern), width, tags, dropped)


CODE_RULES: Final = {
    "AT": _digits(4, "A"),
    "AU": _digits(4, shortest=3),
    "BE": _digits(4, "B"),
    "BR": _digits(8, "CEP", shortest=7, dropped="-."),
    "CA": CodeRule(re.compile("([A-Z][0-9][A-Z])([0-9][A-Z][0-9])?")),
    "CH": _digits(4),
    "CZ": _digits(5),
    "DE": _digits(5, "D", shortest=4),
    "DK": _digits(4, shortest=3),
    "ES": _digits(5, "E", shortest=4),
    "FI": _digits(5, "FIN", shortest=3),
    "FR": _digits(5, "F", shortest=4),
    "GB": CodeRule(re.compile("([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})?")),
    "IE": CodeRule(re.compile("([A-Z][0-9][0-9W])([0-9A-Z]{4})?")),
    "IN": _digits(6),
    "IT": _digits(5, "I", shortest=3),
    "JP": _digits(5, "\u3012", finer="[0-9]{2}"),
    "MX": _digits(5, shortest=4),
    "NL": _digits(4, finer="[A-Z]{2}"),
    "NO": _digits(4, "N", shortest=3),
    "NZ": _digits(4, shortest=3),
    "PL": _digits(5),
    "PT": _digits(4, finer="[0-9]{3}"),
    "SE": _digits(5, "S"),
    # The four digits after a ZIP name a side of a street; the ZIP is the whole code without them.
    "US": CodeRule(
        re.compile(r"([0-9]{3,5})(?:\.0|-(?:[0-9]{4})?|(?<=[0-9]{5})[0-9]{4})?"), 5, dropped=""
    ),
}
"""The 25 countries of the index."""


def normalize_country(country: str) -> str:
    """Return the ISO code of the postal system that addresses of `country` use."""
    code = country.strip().upper()
    return POSTAL_COUNTRY.get(code, code)


@lru_cache(maxsize=1 << 15)
def normalize_postal(country: str, postal_code: str) -> PostalKey | None:
    """Return the key a postal code has in the index, `None` if it is no code of that country.

    Case, spaces, hyphens, full-width digits and a leading apostrophe make no difference.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2 code in any case; territories that share a postal system are known.
    postal_code
        Any text.
    """
    postal_country = normalize_country(country)
    rule = CODE_RULES.get(postal_country)
    if rule is None or len(postal_code) > _MAX_LENGTH:
        return None
    return rule.key(postal_country, _compact(postal_code))


def _compact(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_HYPHENS)
    return "".join(plain.split()).lstrip(_APOSTROPHES).upper()

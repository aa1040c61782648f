"""Countries that give no postal codes to their addresses."""

from __future__ import annotations

from typing import Final

_CODELESS: Final = frozenset((
    "AE", "AG", "AO", "AW", "BF", "BI", "BJ", "BO", "BS", "BW", "BZ", "CD", "CF", "CG",
    "CI", "CK", "CM", "CW", "DJ", "DM", "ER", "FJ", "GD", "GM", "GQ", "GY", "HK", "KI",
    "KM", "KN", "KP", "ML", "MO", "MR", "MW", "NR", "NU", "QA", "RW", "SB", "SC", "SL",
    "SR", "ST", "SX", "SY", "TG", "TK", "TL", "TO", "TV", "UG", "VU", "YE", "ZW",
))  # fmt: skip
"""ISO 3166-1 alpha-2; only those of which no address has a code."""


def has_postal_codes(country: str) -> bool:
    """Say whether an address in a country has a postal code.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2 in any case; codes that nobody knows are taken to be such countries.
    """
    return country.strip().upper() not in _CODELESS

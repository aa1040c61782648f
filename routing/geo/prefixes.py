"""How an unknown code falls back to the area its first characters name.

Most systems are hierarchical: the first digits name a region. Where codes that share a prefix lie
close together, their mean is a fair answer for one that is new or was left out. Left out of the
table are systems without that property: Brazil (looked up by range), Canada (almost complete, and
two characters can span a province) and Ireland (routing keys are not hierarchical).
"""

from __future__ import annotations

import re
from typing import Final

from routing.geo.normalize import PostalKey

FALLBACK_LENGTHS: Final = {
    **dict.fromkeys(("AT", "AU", "BE", "CH", "DK", "NL", "NO", "NZ", "PT"), (2,)),
    **dict.fromkeys(("CZ", "DE", "ES", "FI", "FR", "IT", "JP", "MX", "PL", "SE"), (3, 2)),
    **dict.fromkeys(("IN", "US"), (3,)),
}
"""Prefix lengths to try by country, longest first."""

FAR_AWAY: Final = {
    "NO": ("917", "8099"),
    "US": ("969",),
}
"""Beginnings of codes that share a prefix with places far away from them.

Svalbard and Jan Mayen, which the index does not hold, share theirs with the mainland some 900 km
off. Guam and the Marianas share 969 with Palau, Micronesia and the Marshall Islands, up to 3 000
km off and not held either: a mean would be wrong for exactly the codes that need it.
"""

_GB_AREA = re.compile("[A-Z]+")


def fallback_prefixes(key: PostalKey) -> tuple[str, ...]:
    """Return the prefixes of a code that may stand in for it, the narrowest first.

    Empty where the country has none or the code is one of `FAR_AWAY`.

    British areas are named by the letters in front; the other countries use a fixed number of
    characters.
    """
    if key.code.startswith(FAR_AWAY.get(key.country, ())):
        return ()
    if key.country == "GB":
        area = _GB_AREA.match(key.code)
        return (area.group(),) if area else ()
    return tuple(key.code[:length] for length in FALLBACK_LENGTHS.get(key.country, ()))

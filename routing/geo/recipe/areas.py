"""Makes the areas that stand in for unknown codes, and leaves out those too wide to help."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np

from routing.geo.coordinates import Coordinates
from routing.geo.distance import great_circle_m
from routing.geo.normalize import PostalKey
from routing.geo.prefixes import fallback_prefixes
from routing.geo.recipe.sources import SourceRow, Zip3Row

_FEWEST_CODES = 5
_MOST_SPREAD_M = 100_000
_SPREAD_SHARE = 0.9


def us_areas(zip3_rows: Iterable[Zip3Row]) -> list[SourceRow]:
    """Return the three-digit ZIP areas that may stand in for an unknown ZIP."""
    return [row.area for row in zip3_rows if fallback_prefixes(row.area.key)]


def world_areas(rows: Iterable[SourceRow]) -> list[SourceRow]:
    """Return the areas outside the United States that hold together.

    An area counts if it has at least five codes of which nine in ten lie within 100 km of their
    mean.
    """
    members: defaultdict[tuple[str, str], list[SourceRow]] = defaultdict(list)
    for row in rows:
        for prefix in fallback_prefixes(row.key):
            members[row.key.country, prefix].append(row)
    areas = (_area(country, prefix, group) for (country, prefix), group in members.items())
    return [area for area in areas if area is not None]


def _area(country: str, prefix: str, group: list[SourceRow]) -> SourceRow | None:
    mean_lat_udeg = _rounded_mean([row.lat_udeg for row in group])
    mean_lng_udeg = _rounded_mean([row.lng_udeg for row in group])
    if (
        len(group) < _FEWEST_CODES
        or _spread_m(group, mean_lat_udeg, mean_lng_udeg) > _MOST_SPREAD_M
    ):
        return None
    regions = {row.region for row in group}
    return SourceRow(
        key=PostalKey(country, prefix, is_whole=False),
        lat_udeg=mean_lat_udeg,
        lng_udeg=mean_lng_udeg,
        tz=_most_common(row.tz for row in group),
        place="",
        region=regions.pop() if len(regions) == 1 else "",
    )


def _spread_m(group: list[SourceRow], mean_lat_udeg: int, mean_lng_udeg: int) -> int:
    """Return the distance from the mean within which the given share of a group lies."""
    lat_deg = np.array([row.lat_udeg for row in group]) / 1e6
    lng_deg = np.array([row.lng_udeg for row in group]) / 1e6
    mean = Coordinates(mean_lat_udeg / 1e6, mean_lng_udeg / 1e6)
    distances = np.sort(great_circle_m(lat_deg, lng_deg, mean))
    return int(distances[int(_SPREAD_SHARE * (len(group) - 1))])


def _rounded_mean(values: list[int]) -> int:
    """Return the mean in whole numbers throughout, so that it is the same on any machine."""
    return (2 * sum(values) + len(values)) // (2 * len(values))


def _most_common(names: Iterable[str]) -> str:
    counts = Counter(names)
    return min(counts, key=lambda name: (-counts[name], name))

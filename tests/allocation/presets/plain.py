"""What each preset stands for, written as plainly as can be: no arrays, no optimizer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from tests.allocation.presets.scenes import Scene, Site

Sent = dict[tuple[str, str], int]
"""Units by (item, location); nothing is left out of it but what is not sent."""


def medusa(scene: Scene) -> list[Sent]:
    """Give each line to the first location that has all of it."""
    sent: Sent = {}
    for name, units in scene.wanted:
        for site in scene.sites:
            if scene.levels[name][site.name] >= units:
                sent[name, site.name] = units
                break
    return [sent]


def magento_priority(scene: Scene) -> list[Sent]:
    """Go through the locations by priority and take what is there."""
    return [fill(scene, scene.sites)]


def magento_distance(scene: Scene) -> list[Sent]:
    """Go through the locations from near to far and take what is there."""
    return [fill(scene, nearest(scene.sites))]


def spree(scene: Scene) -> list[Sent]:
    """Sort the locations by how many items they have all of, then take what is there."""

    def covered(site: Site) -> int:
        return sum(scene.levels[name][site.name] >= units for name, units in scene.wanted)

    return [fill(scene, sorted(scene.sites, key=lambda site: -covered(site)))]


def shopify(scene: Scene) -> list[Sent]:
    """Use the fewest locations, then those in the market, then the closest."""
    return _by_sets(scene, lambda sites: (sum(s.abroad for s in sites), sum(s.km for s in sites)))


def salesforce(scene: Scene) -> list[Sent]:
    """Use the fewest locations, then the closest on average; send all or nothing."""
    found = _by_sets(scene, lambda sites: (sum(site.km for site in sites),))
    return [sent if sum(sent.values()) == _asked(scene) else {} for sent in found]


def fill(scene: Scene, sites: Iterable[Site]) -> Sent:
    """Take of each item what is there, one location after the other."""
    sent: Sent = {}
    left = dict(scene.wanted)
    for site in sites:
        for name, units in left.items():
            taken = min(units, scene.levels[name][site.name])
            if taken:
                sent[name, site.name] = taken
                left[name] = units - taken
    return sent


def nearest(sites: Iterable[Site]) -> list[Site]:
    """Sort locations from near to far; of equals, the one of lower rank is first."""
    return sorted(sites, key=lambda site: (site.distance_m, site.index))


def _by_sets(scene: Scene, judge: Callable[[tuple[Site, ...]], tuple[int, ...]]) -> list[Sent]:
    """Return what the best sets send; several only where nothing tells them apart."""
    most = sum(fill(scene, scene.sites).values())
    for size in range(len(scene.sites) + 1):
        able = [each for each in _sets(scene, size) if sum(fill(scene, each).values()) == most]
        if able:
            order = {site: place for place, site in enumerate(nearest(scene.sites))}

            def value(sites: tuple[Site, ...], order: dict[Site, int] = order) -> tuple[int, ...]:
                sent = fill(scene, nearest(sites))
                by_name = {site.name: place for site, place in order.items()}
                units = sum(by_name[name] * number for (_, name), number in sent.items())
                return (*judge(sites), units)

            best = min(value(each) for each in able)
            return [fill(scene, nearest(each)) for each in able if value(each) == best]
    raise AssertionError("the set of all locations fills the most")


def _sets(scene: Scene, size: int) -> Iterator[tuple[Site, ...]]:
    yield from combinations(scene.sites, size)


def _asked(scene: Scene) -> int:
    return sum(units for _, units in scene.wanted)

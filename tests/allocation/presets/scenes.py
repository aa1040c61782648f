"""Random orders on random networks, small enough to try every way of filling them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from allocation.engine_api import PlanningRequest
from routing.geo.coordinates import Coordinates
from routing.geo.distance import great_circle_m
from routing.ids import LocationId
from routing.location import HandlingCost, StockLocation
from routing.network import Network
from routing.rules.presets import preset
from tests.networks import NOW, item, line, location, network, order, request, stock

ITEMS = ("cup", "pot", "pan", "lid")
ZIPS = ("89502", "75201", "07102", "30303", "98101", "60601", "02108", "33101")
DESTINATIONS = ("10001", "94105", "73301", "55401")


@dataclass(frozen=True, slots=True)
class Site:
    """What a simple policy knows of a location; `index` is its place by rank, then id."""

    name: str
    index: int
    distance_m: int
    abroad: bool

    @property
    def km(self) -> int:
        """Distance in whole kilometres, to the nearest."""
        return (self.distance_m + 500) // 1000


@dataclass(frozen=True, slots=True)
class Scene:
    """An order, and the same in plain words.

    Attributes
    ----------
    wanted
        (item, quantity) per line.
    levels
        By item, then location.
    """

    request: PlanningRequest
    wanted: tuple[tuple[str, int], ...]
    levels: dict[str, dict[str, int]]
    sites: tuple[Site, ...]


def scenes(name: str, count: int, seed: int) -> Iterator[Scene]:
    """Yield random orders under a preset."""
    draws = random.Random(f"{name} {seed}")
    networks = [_network(draws) for _ in range(12)]
    for _ in range(count):
        yield _scene(name, draws, draws.choice(networks))


def _network(draws: random.Random) -> Network:
    places = [_place(draws, number) for number in range(draws.randint(2, 5))]
    return network([item(name) for name in ITEMS], places)


def _place(draws: random.Random, number: int) -> StockLocation:
    """Return a location; few ZIPs and ranks, so that distances and ranks are often equal."""
    base = location(draws.choice(("reno", "dallas", "newark", "atlanta")))
    markets = draws.choice((frozenset[str](), frozenset({"US", "CA"}), frozenset({"CA"})))
    return replace(
        base,
        id=LocationId(f"site-{number}"),
        rank=draws.randint(0, 2),
        markets=markets,
        handling=HandlingCost(per_shipment_minor=draws.choice((0, 150, 400))),
    )


def _scene(name: str, draws: random.Random, net: Network) -> Scene:
    lines = draws.randint(1, 3)
    names = draws.sample(ITEMS, lines)
    wanted = tuple((each, draws.randint(1, 4)) for each in names)
    levels = {
        each: {str(place.id): draws.choice((0, 1, 2, 3, 5)) for place in net.locations}
        for each in names
    }
    asked = order(
        [line(number, each, units) for number, (each, units) in enumerate(wanted, start=1)],
        draws.choice(DESTINATIONS),
    )
    to = asked.destination.coordinates
    assert to is not None
    source = preset(name).at(NOW)
    return Scene(
        request(asked, net, stock(**levels), source),
        wanted,
        levels,
        tuple(_site(net, index, to) for index in range(len(net.locations))),
    )


def _site(net: Network, index: int, to: Coordinates) -> Site:
    place = net.locations[index]
    distance_m = great_circle_m(net.origins.lat_deg, net.origins.lng_deg, to)[index]
    return Site(place.id, index, int(distance_m), "US" not in (place.markets or {"US"}))

"""Puts orders together: real baskets, sampled destinations, and synthetic weights and stock.

What is synthetic, each drawn from the seed and the name of the thing alone, so that no figure
depends on which other orders are looked at:

- **Weight of an item**: lognormal, median 200 g, sigma 0.9, kept within 5 g and 15 kg.
- **Stock of an item at a location**: carried with probability ``size ** -0.2``, so that a basket
  of five lines finds about one location that carries all of it, however large the network;
  where carried, evenly 1 to three times the item's largest quantity in any real basket.
- **Destination**: a ZIP drawn by residents, residential.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from bench.policy_field_data import Basket, Zip
from routing.ids import ItemId, LineId, LocationId, OrderId
from routing.item import InventoryItem
from routing.location import StockLocation
from routing.network import Network, make_network
from routing.order import Destination, Order, OrderLine
from routing.rating.card_book import CardBook
from routing.rating.load import shipped_cards
from routing.rating.load_transit import shipped_transit
from routing.rating.load_zones import shipped_zone_bands
from routing.rating.zone_resolver import ZoneResolver
from routing.sourcing.stock import InlineStockView

PLACED: Final = datetime(2026, 9, 16, 15, tzinfo=UTC)
"""When the first order comes: a Wednesday outside the peak season of the carriers."""

_MEDIAN_G: Final = 200
_SIGMA: Final = 0.9
_WEIGHT_RANGE_UG: Final = (5_000_000, 15_000_000_000)
_MOST_TIMES_LARGEST: Final = 3


@dataclass(frozen=True, slots=True)
class Stock:
    """Draws levels when they are asked for.

    Attributes
    ----------
    seed
        Of the run.
    location_ids
        All locations of the network.
    largest
        Largest quantity of each item in any basket.
    """

    seed: int
    location_ids: tuple[LocationId, ...]
    largest: Mapping[str, int]

    def of_item(self, sku: str) -> Mapping[LocationId, int]:
        """Return the units of an item by the locations that carry it."""
        size = len(self.location_ids)
        rng = np.random.default_rng([self.seed, size, zlib.crc32(sku.encode())])
        carried = rng.random(size) < size**-0.2
        units = rng.integers(1, _MOST_TIMES_LARGEST * self.largest[sku] + 1, size)
        return {
            self.location_ids[index]: int(units[index])
            for index in np.flatnonzero(carried).tolist()
        }

    def levels(self, skus: Iterable[str]) -> InlineStockView:
        """Return the levels of items."""
        return InlineStockView({ItemId(sku): self.of_item(sku) for sku in skus})


def largest_quantities(baskets: Iterable[Basket]) -> Mapping[str, int]:
    """Return the largest quantity of each item in any basket."""
    largest: dict[str, int] = {}
    for basket in baskets:
        for line in basket.lines:
            largest[line.sku] = max(largest.get(line.sku, 0), line.quantity)
    return largest


def make_items(skus: Iterable[str], seed: int) -> tuple[InventoryItem, ...]:
    """Return items with their synthetic weights."""
    return tuple(InventoryItem(ItemId(sku), weight_ug=_weight_ug(sku, seed)) for sku in skus)


def _weight_ug(sku: str, seed: int) -> int:
    least, most = _WEIGHT_RANGE_UG
    factor = random.Random(f"{seed}:weight:{sku}").lognormvariate(0, _SIGMA)
    return min(most, max(least, round(_MEDIAN_G * factor) * 1_000_000))


def build_network(locations: Iterable[StockLocation], items: Iterable[InventoryItem]) -> Network:
    """Return a network that ships with the real rate cards of the package."""
    return make_network(
        locations,
        items,
        CardBook(shipped_cards()),
        {scheme: ZoneResolver(bands) for scheme, bands in shipped_zone_bands().items()},
        shipped_transit(),
    )


def sample_baskets(baskets: Sequence[Basket], count: int, seed: int) -> tuple[Basket, ...]:
    """Return up to `count` baskets, drawn without repetition."""
    draw = random.Random(f"{seed}:baskets")
    return tuple(draw.sample(list(baskets), min(count, len(baskets))))


def make_orders(baskets: Sequence[Basket], zips: Sequence[Zip], seed: int) -> tuple[Order, ...]:
    """Send every basket to a ZIP drawn by residents, one a minute."""
    draw = random.Random(f"{seed}:destinations")
    to = draw.choices(zips, [each.residents for each in zips], k=len(baskets))
    return tuple(
        _order(basket, place, PLACED + timedelta(minutes=number))
        for number, (basket, place) in enumerate(zip(baskets, to, strict=True))
    )


def _order(basket: Basket, to: Zip, placed_time: datetime) -> Order:
    lines = tuple(
        OrderLine(
            LineId(f"{number:02d}"),
            line.quantity * 1_000_000,
            ItemId(line.sku),
            unit_price_minor=line.unit_price_minor,
        )
        for number, line in enumerate(basket.lines, start=1)
    )
    destination = Destination("US", to.code, to.coordinates, residential=True)
    return Order(OrderId(basket.id), placed_time, destination, lines)

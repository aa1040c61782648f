"""Attributes of all locations as arrays, made once per state of the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.errors import Violation, raise_if_any
from routing.ids import LocationId
from routing.location import DailyCapacity, LocationState, StockLocation
from routing.rating.exchange import ExchangeTable
from routing.transfer import TransferRoute

UNLIMITED = int(np.iinfo(np.int64).max // 8)


@dataclass(frozen=True, slots=True, eq=False)
class LocationFacts:
    """Arrays over the locations, in the network's order.

    Attributes
    ----------
    open
        bool ``[l]``: takes new orders.
    capacity_orders, capacity_lines, capacity_units
        int64 ``[l]``: what is left today; `UNLIMITED` without a limit.
    per_shipment_minor, per_line_minor, per_unit_minor, per_parcel_minor
        int64 ``[l]``: handling.
    material_per_parcel_minor
        int64 ``[l]``: packing material besides cartons.
    labour_shipment_minor, labour_line_minor, labour_unit_minor, labour_parcel_minor
        int64 ``[l]``: the time of people.
    channels
        Per location the sales channels served; empty means all.
    markets
        Per location the markets it belongs to.
    countries
        Per location its country, ``None`` when unknown.
    hubs
        Indices of those that merge what comes from others.
    routes
        Per location its transfers, in the network's currency.
    ids
        Of each location.
    all_open
        Whether all of them take new orders.
    all_channels
        Whether all of them serve every channel.
    unlimited
        Whether none of them has a capacity.
    """

    open: NDArray[np.bool_]
    capacity_orders: NDArray[np.int64]
    capacity_lines: NDArray[np.int64]
    capacity_units: NDArray[np.int64]
    per_shipment_minor: NDArray[np.int64]
    per_line_minor: NDArray[np.int64]
    per_unit_minor: NDArray[np.int64]
    per_parcel_minor: NDArray[np.int64]
    material_per_parcel_minor: NDArray[np.int64]
    labour_shipment_minor: NDArray[np.int64]
    labour_line_minor: NDArray[np.int64]
    labour_unit_minor: NDArray[np.int64]
    labour_parcel_minor: NDArray[np.int64]
    channels: tuple[frozenset[str], ...]
    markets: tuple[frozenset[str], ...]
    countries: tuple[str | None, ...]
    hubs: tuple[int, ...]
    routes: tuple[tuple[TransferRoute, ...], ...]
    markets_of_countries: dict[str | None, NDArray[np.bool_]]
    places_of_countries: dict[str | None, NDArray[np.bool_]]
    served_channels: dict[str | None, NDArray[np.bool_]]
    ids: tuple[LocationId, ...]
    all_open: bool
    all_channels: bool
    unlimited: bool

    @property
    def send_minor(self) -> NDArray[np.int64]:
        """int64 ``[l]``: handling and labour per shipment."""
        return self.per_shipment_minor + self.labour_shipment_minor

    @property
    def send_line_minor(self) -> NDArray[np.int64]:
        """int64 ``[l]``: handling and labour per line."""
        return self.per_line_minor + self.labour_line_minor

    @property
    def send_unit_minor(self) -> NDArray[np.int64]:
        """int64 ``[l]``: handling and labour per unit."""
        return self.per_unit_minor + self.labour_unit_minor

    def serves(self, channel: str | None) -> NDArray[np.bool_]:
        """Return bool ``[l]``: who serves a channel; remembered, since it never changes."""
        known = self.served_channels.get(channel)
        if known is None:
            known = np.array([not own or channel in own for own in self.channels], dtype=np.bool_)
            known.setflags(write=False)
            if len(self.served_channels) < _REMEMBERED_CHANNELS:
                self.served_channels[channel] = known
        return known

    def serves_all(self, channel: str | None) -> bool:
        """Say whether every location serves a channel."""
        return self.all_channels or bool(self.serves(channel).all())

    def in_market(self, country: str | None) -> NDArray[np.bool_]:
        """Return bool ``[l]``: who belongs to a country's market; nobody to an unknown one."""
        known = self.markets_of_countries.get(country)
        if known is None:
            known = np.array([country in own for own in self.markets], dtype=np.bool_)
            _remember(self.markets_of_countries, country, known)
        return known

    def in_country(self, country: str | None) -> NDArray[np.bool_]:
        """Return bool ``[l]``: who is in a country; nobody is in an unknown one."""
        known = self.places_of_countries.get(country)
        if known is None:
            is_known = country is not None
            known = np.array(
                [is_known and country == own for own in self.countries], dtype=np.bool_
            )
            _remember(self.places_of_countries, country, known)
        return known


def _remember(
    known: dict[str | None, NDArray[np.bool_]], country: str | None, where: NDArray[np.bool_]
) -> None:
    if len(known) < _REMEMBERED_COUNTRIES:
        where.setflags(write=False)
        known[country] = where


_REMEMBERED_CHANNELS = 256
_REMEMBERED_COUNTRIES = 256


def make_facts(
    locations: Sequence[StockLocation], exchange: ExchangeTable | None = None
) -> LocationFacts:
    """Collect the attributes of locations into arrays.

    Parameters
    ----------
    exchange
        Converts costs of locations that have a currency of their own; ``None``: they are
        all in the network's.

    Raises
    ------
    routing.errors.InvalidInputError
        With every location whose currency is not known.
    """
    raise_if_any(list(_currency_problems(locations, exchange)))
    costs = [_Costs(each, exchange) for each in locations]

    def integers(values: list[int | None]) -> NDArray[np.int64]:
        return np.array([UNLIMITED if value is None else value for value in values], dtype=np.int64)

    return LocationFacts(
        open=np.array([each.state is LocationState.OPEN for each in locations], dtype=np.bool_),
        capacity_orders=integers([each.capacity.orders for each in locations]),
        capacity_lines=integers([each.capacity.lines for each in locations]),
        capacity_units=integers([each.capacity.units for each in locations]),
        per_shipment_minor=integers([each.minor("per_shipment_minor") for each in costs]),
        per_line_minor=integers([each.minor("per_line_minor") for each in costs]),
        per_unit_minor=integers([each.minor("per_unit_minor") for each in costs]),
        per_parcel_minor=integers([each.minor("per_parcel_minor") for each in costs]),
        material_per_parcel_minor=integers(
            [each.minor("material_per_parcel_minor") for each in costs]
        ),
        labour_shipment_minor=integers([each.labour_minor("shipment_s") for each in costs]),
        labour_line_minor=integers([each.labour_minor("line_s") for each in costs]),
        labour_unit_minor=integers([each.labour_minor("unit_s") for each in costs]),
        labour_parcel_minor=integers([each.labour_minor("parcel_s") for each in costs]),
        hubs=tuple(number for number, each in enumerate(locations) if each.merges),
        routes=tuple(each.routes() for each in costs),
        channels=tuple(each.channels for each in locations),
        markets=tuple(_markets(each) for each in locations),
        countries=tuple(each.country for each in locations),
        markets_of_countries={},
        places_of_countries={},
        served_channels={},
        ids=tuple(each.id for each in locations),
        all_open=all(each.state is LocationState.OPEN for each in locations),
        all_channels=not any(each.channels for each in locations),
        unlimited=all(each.capacity == DailyCapacity() for each in locations),
    )


def _markets(location: StockLocation) -> frozenset[str]:
    if location.markets or location.country is None:
        return location.markets
    return frozenset({location.country})


@dataclass(frozen=True, slots=True)
class _Costs:
    """Costs of a location in the network's currency, each amount rounded by itself."""

    location: StockLocation
    exchange: ExchangeTable | None

    def minor(self, name: str) -> int:
        return self._converted(getattr(self.location.handling, name))

    def labour_minor(self, name: str) -> int:
        labour = self.location.handling.labour
        return 0 if labour is None else self._converted(labour.cost_minor(getattr(labour, name)))

    def routes(self) -> tuple[TransferRoute, ...]:
        return tuple(
            replace(
                each,
                per_transfer_minor=self._converted(each.per_transfer_minor),
                per_unit_minor=self._converted(each.per_unit_minor),
            )
            for each in self.location.transfers
        )

    def _converted(self, minor: int) -> int:
        currency = self.location.currency
        if self.exchange is None or currency is None:
            return minor
        return self.exchange.convert(minor, currency)


def _currency_problems(
    locations: Sequence[StockLocation], exchange: ExchangeTable | None
) -> Iterator[Violation]:
    for each in locations:
        if exchange is None or each.currency is None or exchange.knows(each.currency):
            continue
        yield Violation(
            f"locations[{each.id}].currency",
            f"is {each.currency}, and there is no exchange rate to {exchange.currency}; put one",
        )

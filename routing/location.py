"""Stock locations: where stock lies and from where it can leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from routing.errors import Violation, raise_if_any
from routing.geo.coordinates import Coordinates
from routing.ids import CarrierCode, CartonId, LocationId, ServiceCode
from routing.labour import Labour
from routing.order import ServiceLevel
from routing.promise.calendar import WorkingCalendar
from routing.promise.downtime import Downtime
from routing.transfer import TransferRoute


class LocationKind(Enum):
    """What sort of place a stock location is."""

    FULFILLMENT_CENTER = "fulfillment_center"
    STORE = "store"
    THIRD_PARTY = "third_party"
    DROPSHIP = "dropship"


class LocationState(Enum):
    """Whether a location takes new orders."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class HandlingCost:
    """Cost of sending from a location besides the carrier, in minor units, each >= 0.

    `material_per_parcel_minor` is packing material besides cartons; labour is the time of
    people, on top of the rest.
    """

    per_shipment_minor: int = 0
    per_line_minor: int = 0
    per_unit_minor: int = 0
    per_parcel_minor: int = 0
    material_per_parcel_minor: int = 0
    labour: Labour | None = None

    def __post_init__(self) -> None:
        raise_if_any(
            [
                Violation(name, f"is {amount}; a cost cannot be negative")
                for name, amount in (
                    ("per_shipment", self.per_shipment_minor),
                    ("per_line", self.per_line_minor),
                    ("per_unit", self.per_unit_minor),
                    ("per_parcel", self.per_parcel_minor),
                    ("material_per_parcel", self.material_per_parcel_minor),
                )
                if amount < 0
            ]
        )


@dataclass(frozen=True, slots=True)
class DailyCapacity:
    """Most that a location still takes on in one local day; ``None`` does not limit."""

    orders: int | None = None
    lines: int | None = None
    units: int | None = None


@dataclass(frozen=True, slots=True)
class CarrierService:
    """A carrier's product and the service level it satisfies."""

    carrier: CarrierCode
    service: ServiceCode
    service_level: ServiceLevel = ServiceLevel.STANDARD


@dataclass(frozen=True, slots=True)
class StockLocation:
    """A place where stock lies and from which it can leave.

    Attributes
    ----------
    coordinates
        ``None`` when unknown: the location then sorts last and is reported.
    tz
        IANA time zone name.
    channels
        Sales channels served; empty means all.
    markets
        Markets the location belongs to; empty means its country.
    rank
        The merchant's order of preference, smaller first.
    carrier_services
        What it can ship with; empty means every service with a rate card.
    carton_ids
        Cartons it has; empty means all of the network's.
    transfers
        Where it can send stock on to; a route to a location that nobody knows is no route.
    merges
        Parts of an order from elsewhere may be put together here.
    currency
        ISO 4217 code of `handling`; ``None``: that of the network.
    """

    id: LocationId
    name: str
    kind: LocationKind = LocationKind.FULFILLMENT_CENTER
    country: str | None = None
    postal_code: str | None = None
    region: str | None = None
    coordinates: Coordinates | None = None
    tz: str = "UTC"
    tags: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    markets: frozenset[str] = frozenset()
    rank: int = 0
    carrier_services: tuple[CarrierService, ...] = ()
    handling: HandlingCost = field(default_factory=HandlingCost)
    state: LocationState = LocationState.OPEN
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    capacity: DailyCapacity = field(default_factory=DailyCapacity)
    currency: str | None = None
    pickup: bool = False
    downtimes: tuple[Downtime, ...] = ()
    carton_ids: frozenset[CartonId] = frozenset()
    transfers: tuple[TransferRoute, ...] = ()
    merges: bool = False

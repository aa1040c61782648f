"""Plans: where every unit of an order ships from, at what cost, and what is proven."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from allocation.cost_breakdown import CostBreakdown
from allocation.obstacle import Conflict
from allocation.optimize.solution import ProofStatus, Rung, SolveLimit
from allocation.service_choice import ServiceChoice
from routing.enums import KeyEnum
from routing.ids import (
    CarrierCode,
    CartonId,
    ItemId,
    LineId,
    LocationId,
    LotId,
    OrderId,
    RateCardId,
    ServiceCode,
)
from routing.order import ServiceLevel
from routing.quantity import Quantity
from routing.quick import quick
from routing.rating.transit import TransitBasis
from routing.sourcing.verdict import Verdict


class PlanState(KeyEnum):
    """Life of a plan."""

    PLANNED = "planned"
    HELD = "held"
    COMMITTED = "committed"
    FULFILLED = "fulfilled"
    RELEASED = "released"
    EXPIRED = "expired"


class UnfilledReason(Enum):
    """Why units of a line are not in the plan; see the contract for each meaning."""

    NOTHING_ELIGIBLE = "nothing_eligible"
    NOT_IN_STOCK = "not_in_stock"
    CAPACITY_EXHAUSTED = "capacity_exhausted"
    RULE_CONFLICT = "rule_conflict"
    SHIP_COMPLETE = "ship_complete"
    PROMISE_UNREACHABLE = "promise_unreachable"
    NOT_SHIPPABLE = "not_shippable"
    MAX_SHIPMENTS = "max_shipments"
    WHOLE_LINE = "whole_line"
    DEARER_THAN_PENALTY = "dearer_than_penalty"
    GROUP = "group"
    UNDECIDED = "undecided"


@quick
@dataclass(frozen=True, slots=True)
class ParcelContent:
    """How much of a line is in a parcel; `item_id` when a kit unit spans parcels."""

    line_id: LineId
    quantity: Quantity
    item_id: ItemId | None = None


@quick
@dataclass(frozen=True, slots=True)
class PlannedParcel:
    """`count` identical parcels; weights in micrograms, volume in nanolitres, each.

    With a carton, weight and volume are those of the packed carton from outside.
    """

    contents: tuple[ParcelContent, ...]
    weight_ug: int
    billable_weight_ug: int
    volume_nl: int
    cost: CostBreakdown
    count: int = 1
    carton_id: CartonId | None = None


class ShipmentKind(KeyEnum):
    """How a shipment gets to the shopper."""

    DELIVERY = "delivery"
    PICKUP = "pickup"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class TransferLeg:
    """Units on their way to the location that a shipment leaves; dates local to either end."""

    from_location_id: LocationId
    ship_date: date
    arrival_date: date
    cost_minor: int


@quick
@dataclass(frozen=True, slots=True)
class PlannedShipment:
    """What leaves one location with one carrier service, or is collected.

    Attributes
    ----------
    number
        From 1.
    ship_date
        Local date at the location; ``None`` when it waits for supply that nobody can date.
    earliest_delivery_date, latest_delivery_date
        Local dates at the destination; ``None`` when the transit time is unknown.
    distance_m
        Great circle to the destination; ``None`` when unknown.
    carrier, service, rate_card_id, rate_card_effective_from
        Empty and ``None`` when no carrier comes.
    cost
        Parcels, handling and legs.
    kind
        A transfer goes to where the shopper collects, as far as it goes.
    to_location_id
        Where the shopper collects; ``None`` for a delivery.
    legs
        What is merged at the location, by where it comes from.
    cutoff_time
        Aware UTC datetime by which it must be ready; ``None`` when unknown.
    rate_card_source
        Where its prices come from, for people.
    transit_basis, on_time_percent
        How sure the delivery dates are; ``None`` when there are none, or it is not known.
    """

    number: int
    location_id: LocationId
    carrier: CarrierCode
    service: ServiceCode
    service_level: ServiceLevel
    rate_zone: int
    rate_card_id: RateCardId
    rate_card_effective_from: date | None
    parcels: tuple[PlannedParcel, ...]
    ship_date: date | None
    earliest_delivery_date: date | None
    latest_delivery_date: date | None
    distance_m: int | None
    cost: CostBreakdown
    cutoff_time: datetime | None
    kind: ShipmentKind = ShipmentKind.DELIVERY
    to_location_id: LocationId | None = None
    legs: tuple[TransferLeg, ...] = ()
    rate_card_source: str = ""
    transit_basis: TransitBasis | None = None
    on_time_percent: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class LinePart:
    """Line units that leave one location, with every component of them."""

    location_id: LocationId
    quantity: Quantity
    shipment_number: int
    backordered: bool = False


@quick
@dataclass(frozen=True, slots=True)
class PlanLine:
    """How a line is filled: `quantity` equals its parts plus what is unfilled.

    `substitute_item_id` is set when something else than the ordered item ships.
    """

    line_id: LineId
    quantity: Quantity
    parts: tuple[LinePart, ...]
    substitute_item_id: ItemId | None = None


@quick
@dataclass(frozen=True, slots=True)
class Reservation:
    """One row the backend writes: so much of one item for a part of a line.

    The rows of a part add up to its quantity times what one unit requires; there are
    several for an item when its units are of several lots, or only some are in stock.

    Attributes
    ----------
    lot_id, serials
        Set where the units are told apart, and known.
    backordered
        The units are not in stock yet.
    expected_time
        When they can be picked, aware; ``None`` for what is there, and when nobody knows.
    """

    line_id: LineId
    part: int
    item_id: ItemId
    location_id: LocationId
    quantity: Quantity
    backordered: bool = False
    lot_id: LotId | None = None
    serials: tuple[str, ...] = ()
    expected_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnfilledLine:
    """Units of a line that the plan leaves out, and what it would take."""

    line_id: LineId
    quantity: Quantity
    reason: UnfilledReason
    detail: str
    remedies: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class TierProof:
    """What is proven about one objective of a lexicographic strategy."""

    name: str
    value: int
    lower_bound: int


@quick
@dataclass(frozen=True, slots=True)
class Proof:
    """What is proven about the plan's cost; see `Solution`."""

    status: ProofStatus
    objective_minor: int
    lower_bound_minor: int
    rung: Rung
    solver: str
    limit: SolveLimit
    tiers: tuple[TierProof, ...] = ()

    @property
    def gap_minor(self) -> int:
        """Objective less lower bound."""
        return self.objective_minor - self.lower_bound_minor

    @property
    def gap_ppm(self) -> int:
        """Gap relative to the objective in parts per million, rounded up."""
        if self.gap_minor == 0:
            return 0
        return -(-self.gap_minor * 1_000_000 // max(1, abs(self.objective_minor)))


class AlternativeKind(Enum):
    """What an alternative is best at."""

    CHEAPEST = "cheapest"
    FASTEST = "fastest"
    FEWEST_SHIPMENTS = "fewest_shipments"
    BALANCED = "balanced"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another plan for the same order, not reserved."""

    kinds: tuple[AlternativeKind, ...]
    cost: CostBreakdown
    shipments: tuple[PlannedShipment, ...]
    unfilled_lines: int
    proof: Proof


@dataclass(frozen=True, slots=True)
class BaselineComparison:
    """The caller's own choice beside ours; `cost` is ``None`` when `problems` says why."""

    label: str
    cost: CostBreakdown | None
    shipments: int
    saving_minor: int | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineVerdict:
    """One location's verdict on one line."""

    location_id: LocationId
    verdict: Verdict
    detail: str
    available: Quantity
    chosen: bool
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class LineExplanation:
    """All verdicts on one line."""

    line_id: LineId
    verdicts: tuple[LineVerdict, ...]


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """The best plan when forced to use, or to avoid, a location.

    Attributes
    ----------
    cost, extra_minor
        ``None`` when no allowed plan meets the condition. A plan that costs less is not
        chosen because of an objective that comes before the cost.
    location_ids
        Where that plan ships from, in the order of its shipments.
    decided_by
        The objective by which it is worse, with its values where they mean something;
        empty when that is the cost.
    """

    condition: str
    location_id: LocationId
    forced: bool
    cost: CostBreakdown | None
    extra_minor: int | None
    location_ids: tuple[LocationId, ...] = ()
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the plan is as it is."""

    lines: tuple[LineExplanation, ...]
    runner_up: Counterfactual | None
    counterfactuals: tuple[Counterfactual, ...]
    sentences: tuple[str, ...]
    conflicts: tuple[Conflict, ...] = ()
    service_choices: tuple[ServiceChoice, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class RateCardUse:
    """A rate card that priced something in the plan."""

    rate_card_id: RateCardId
    effective_from: date
    source: str


@quick
@dataclass(frozen=True, slots=True)
class PlanBasis:
    """What a decision was based on."""

    rule_set_revision: str
    network_version: int
    stock_version: int
    rate_cards: tuple[RateCardUse, ...]


@quick
@dataclass(frozen=True, slots=True)
class Plan:
    """Where every unit of an order ships from.

    The same order, network, stock, policy and decision time give the same plan,
    field for field; nothing in it depends on how long planning took.
    """

    id: str
    state: PlanState
    order_id: OrderId
    currency: str
    shipments: tuple[PlannedShipment, ...]
    lines: tuple[PlanLine, ...]
    reservations: tuple[Reservation, ...]
    unfilled: tuple[UnfilledLine, ...]
    cost: CostBreakdown
    proof: Proof
    basis: PlanBasis
    create_time: datetime
    expire_time: datetime | None = None
    alternatives: tuple[Alternative, ...] = ()
    baseline: BaselineComparison | None = None
    explanation: Explanation | None = None
    warnings: tuple[str, ...] = field(default=())

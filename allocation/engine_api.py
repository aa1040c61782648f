"""What is asked of the engine, and what it answers, without any transport."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from allocation.plan import AlternativeKind, Plan, PlannedShipment
from routing.daily_capacity import CapacityTake
from routing.ids import LineId, LocationId
from routing.network import Network
from routing.order import Order
from routing.quick import quick
from routing.sourcing.policy import PolicySource
from routing.sourcing.stock import StockView


@dataclass(frozen=True, slots=True)
class BaselinePart:
    """Units of a line, times one million, that the caller would ship from a location."""

    line_id: LineId
    location_id: LocationId
    quantity_e6: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """A choice that the caller made or would make."""

    label: str
    parts: tuple[BaselinePart, ...]


@quick
@dataclass(frozen=True, slots=True)
class PlanningRequest:
    """Everything one decision depends on.

    Attributes
    ----------
    request_id
        The caller's idempotency key, or empty.
    policy
        A rule set at the decision time, with what the request overrides; or plain knobs.
    decision_time
        Aware UTC datetime taken as now.
    budget_s
        Most seconds for the search, already within the call's deadline.
    alternatives
        How many other plans to return, in [0, 10].
    explain
        Whether to return verdicts, runner-up, counterfactuals and sentences.
    ask_about
        With `explain`: locations to price as "why not from there".
    quick_only
        Raise `NeedsTimeError` rather than search: for callers that must not be kept long.
    """

    request_id: str
    order: Order
    network: Network
    stock: StockView
    policy: PolicySource
    decision_time: datetime
    budget_s: float
    alternatives: int = 0
    explain: bool = False
    ask_about: tuple[LocationId, ...] = ()
    baseline: Baseline | None = None
    quick_only: bool = False


class WrongPlanError(Exception):
    """A plan does not stand up to being recomputed: a bug, so there is no answer."""


class NeedsTimeError(Exception):
    """The order has to be searched for, and the request asked not to."""


@quick
@dataclass(frozen=True, slots=True)
class Stage:
    """A part of planning; times are seconds on the engine's clock."""

    name: str
    start_s: float
    end_s: float


class LineTerms(NamedTuple):
    """What a line asks of all of its items.

    Attributes
    ----------
    shelf_life_days
        That must remain on the day of delivery, by the order, its kit and rules.
    release_time
        Aware; when its kit is released; ``None``: no such time.
    """

    shelf_life_days: int = 0
    release_time: datetime | None = None


NO_TERMS: Final = LineTerms()


@quick
@dataclass(frozen=True, slots=True)
class PlanningResult:
    """A plan, and how long it took (which is no part of the plan).

    Attributes
    ----------
    capacity
        What it takes of the days of locations that have limits.
    terms
        Of lines that ask anything beyond what each of their items does.
    """

    plan: Plan
    total_s: float
    solve_s: float
    stages: tuple[Stage, ...] = ()
    capacity: tuple[CapacityTake, ...] = ()
    terms: Mapping[LineId, LineTerms] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """A choice that a shopper can be offered."""

    kinds: tuple[AlternativeKind, ...]
    cost_minor: int
    shipments: tuple[PlannedShipment, ...]
    unfilled_lines: int


@dataclass(frozen=True, slots=True)
class QuoteResult:
    """Delivery options, cheapest first; none is worse than another in every respect."""

    currency: str
    options: tuple[DeliveryOption, ...]
    warnings: tuple[str, ...]
    total_s: float
    solve_s: float

"""The knobs of one planning run, whoever set them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, Protocol

from routing.ids import LocationId
from routing.network import Network
from routing.order import Order
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.ruling import NamedRule, Ruling


class PolicySource(Protocol):
    """Says what holds for an order: a plain `Policy`, or a rule set at a moment."""

    @property
    def name(self) -> str:
        """Where the policy comes from: ``"preset:cheapest"``, or a revision."""
        ...

    def decide(
        self, order: Order, lines: Sequence[ResolvedLine], network: Network
    ) -> tuple[Policy, Ruling]:
        """Return the knobs for an order, and what rules say about its lines.

        Parameters
        ----------
        lines
            The order's lines as the sourcing problem has them, sorted by id.
        """
        ...

    def restrictions(
        self, order: Order, lines: Sequence[ResolvedLine], network: Network
    ) -> tuple[NamedRule, ...]:
        """Return the rules that can keep some of these lines from being filled."""
        ...

    def without(self, names: Collection[str]) -> PolicySource:
        """Return the same but for the rules of these names."""
        ...


@dataclass(frozen=True, slots=True)
class Policy:
    """What is allowed and what things cost besides parcels and handling.

    Attributes
    ----------
    name
        Where it comes from: ``"preset:cheapest"``.
    currency
        ISO 4217 code of the amounts; ``None``: whatever the rate cards are in.
    line_split
        Whether units of one line may leave several locations.
    max_shipments
        Most shipments; ``None`` for no limit.
    ship_complete
        Everything or nothing.
    extra_shipment_minor
        Cost of every shipment after the first.
    unfilled_unit_minor
        Cost of one unit that stays unfilled; ``None``: filling always wins.
    min_shipment_minor
        Least value of each shipment of a split order; 0 for none.
    min_shipment_units
        Least increments of each shipment of a split order; 0 for none.
    line_part_minor
        Cost of each location that a line is picked at.
    late_day_minor
        Cost of one day after deliver-by; ``None`` makes deliver-by a hard limit.
    distance_minor_per_100_km
        Cost of a shipment's distance, rounded to the nearest minor unit.
    backorder_unit_minor
        Cost of one unit in a shipment that waits for supply; ``None``: as few units as
        possible wait, whatever that costs.
    backorder_wait_day_minor
        Cost of one day that a shipment waits for supply.
    substitute_unit_minor
        Cost of one unit of another item than was ordered; ``None``: as few units as
        possible are substituted, whatever that costs.
    objectives
        Names of the objectives, most important first, from the table in
        `routing.sourcing.objectives`.
    allowed_location_ids, excluded_location_ids
        For the whole order; empty means no restriction.
    """

    name: str = "preset:cheapest"
    currency: str | None = None
    line_split: bool = False
    max_shipments: int | None = None
    ship_complete: bool = False
    extra_shipment_minor: int = 0
    line_part_minor: int = 0
    unfilled_unit_minor: int | None = None
    min_shipment_minor: int = 0
    min_shipment_units: int = 0
    late_day_minor: int | None = None
    distance_minor_per_100_km: int = 0
    backorder_unit_minor: int | None = None
    backorder_wait_day_minor: int = 0
    substitute_unit_minor: int | None = None
    objectives: tuple[str, ...] = ("cost",)
    allowed_location_ids: frozenset[LocationId] = frozenset()
    excluded_location_ids: frozenset[LocationId] = frozenset()

    def decide(
        self, order: Order, lines: Sequence[ResolvedLine], network: Network
    ) -> tuple[Policy, Ruling]:
        """Return the policy itself; it has no rules. See `PolicySource.decide`."""
        del order, lines, network
        return self, Ruling()

    def restrictions(
        self, order: Order, lines: Sequence[ResolvedLine], network: Network
    ) -> tuple[NamedRule, ...]:
        """Return nothing: there are no rules. See `PolicySource.restrictions`."""
        del order, lines, network
        return ()

    def without(self, names: Collection[str]) -> Policy:
        """Return the policy itself; see `PolicySource.without`."""
        del names
        return self


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a request says in place of the rule set; ``None`` leaves it to the rule set.

    Exclusions add to those of the rule set; everything else takes its place. Each
    attribute means what the one of the same name means in `Policy`.
    """

    line_split: bool | None = None
    max_shipments: int | None = None
    ship_complete: bool | None = None
    extra_shipment_minor: int | None = None
    unfilled_unit_minor: int | None = None
    min_shipment_minor: int | None = None
    late_day_minor: int | None = None
    backorder_unit_minor: int | None = None
    backorder_wait_day_minor: int | None = None
    substitute_unit_minor: int | None = None
    allowed_location_ids: frozenset[LocationId] = frozenset()
    excluded_location_ids: frozenset[LocationId] = frozenset()

    def over(self, policy: Policy) -> Policy:
        """Return a policy with everything that is overridden."""
        if self is NOTHING_OVERRIDDEN:
            return policy
        given = {
            each.name: value
            for each in fields(self)
            if not isinstance(value := getattr(self, each.name), frozenset) and value is not None
        }
        return replace(
            policy,
            **given,
            allowed_location_ids=self.allowed_location_ids or policy.allowed_location_ids,
            excluded_location_ids=policy.excluded_location_ids | self.excluded_location_ids,
        )


NOTHING_OVERRIDDEN: Final = Overrides()

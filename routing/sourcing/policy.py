"""The knobs of one planning run, whoever set them."""

from __future__ import annotations

from dataclasses import dataclass

from routing.ids import LocationId


@dataclass(frozen=True, slots=True)
class Policy:
    """What is allowed and what things cost besides parcels and handling.

    Attributes
    ----------
    name
        Where it comes from: ``"preset:cheapest"``.
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
    late_day_minor
        Cost of one day after deliver-by; ``None`` makes deliver-by a hard limit.
    objectives
        Names of the objectives, most important first, from the table in
        `routing.sourcing.objectives`.
    allowed_location_ids, excluded_location_ids
        For the whole order; empty means no restriction.
    """

    name: str = "preset:cheapest"
    line_split: bool = False
    max_shipments: int | None = None
    ship_complete: bool = False
    extra_shipment_minor: int = 0
    unfilled_unit_minor: int | None = None
    min_shipment_minor: int = 0
    late_day_minor: int | None = None
    objectives: tuple[str, ...] = ("cost",)
    allowed_location_ids: frozenset[LocationId] = frozenset()
    excluded_location_ids: frozenset[LocationId] = frozenset()

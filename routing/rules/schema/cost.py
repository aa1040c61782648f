"""What things cost besides parcels and handling."""

from __future__ import annotations

from pydantic import Field

from routing.rules.schema.base import Minor, Section


class Cost(Section):
    """Penalties in money. They are part of the cost that the cheapest plan is cheapest by."""

    extra_shipment_minor: Minor | None = Field(
        default=None,
        description="Cost of every shipment after the first, in minor units. Default 0.",
    )
    line_part_minor: Minor | None = Field(
        default=None,
        description="Cost of each location that a line is picked at, in minor units: a line from "
        "two locations costs it twice. Default 0.",
    )
    late_day_minor: Minor | None = Field(
        default=None,
        description="Cost of each day after the order's deliver-by date and per shipment, in "
        "minor units. Default: a plan is never late.",
    )
    distance_minor_per_100_km: Minor | None = Field(
        default=None,
        description="Cost of every 100 km between a shipment's location and the destination, in "
        "minor units; an unknown distance counts as 40,000 km. Default 0.",
    )
    unfilled_unit_minor: Minor | None = Field(
        default=None,
        description="Cost of each unit that stays unfilled, in minor units; then a unit that "
        "costs more to send stays unfilled. Default: filling always wins.",
    )
    backorder_unit_minor: Minor | None = Field(
        default=None,
        description="Cost of each unit in a shipment that waits for supply, in minor units; then "
        "a unit may wait although another location has it. Default: as few units as possible "
        "wait, whatever that costs.",
    )
    backorder_wait_day_minor: Minor | None = Field(
        default=None,
        description="Cost of each day that a shipment waits for supply, in minor units; supply "
        "that nobody can date counts as 365 days. Default 0.",
    )
    substitute_unit_minor: Minor | None = Field(
        default=None,
        description="Cost of each unit of another item than was ordered, in minor units, where a "
        "line allows substitutes. Default: as few units as possible are substituted, and only to "
        "fill what would stay unfilled or wait.",
    )

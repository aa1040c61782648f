"""How much locations take on in a day."""

from __future__ import annotations

from pydantic import Field

from routing.rules.schema.base import ConditionText, Count, Rule


class Capacity(Rule):
    """Limits per local day; of several, the location's own among them, the least counts."""

    location: ConditionText | None = Field(
        default=None, description="Condition on `location`: where. Default: everywhere."
    )
    orders_per_day: Count | None = Field(
        default=None,
        description="Most orders that a location takes on in a local day. Default: no limit.",
    )
    lines_per_day: Count | None = Field(
        default=None,
        description="Most lines that a location takes on in a local day. Default: no limit.",
    )
    units_per_day: Count | None = Field(
        default=None,
        description="Most units that a location takes on in a local day. Default: no limit.",
    )

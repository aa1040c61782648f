"""Units that stay where they are."""

from __future__ import annotations

from pydantic import Field

from routing.rules.schema.base import ConditionText, Count, Rule


class SafetyStock(Rule):
    """Keeps units of items at locations; where several rules meet, the greatest counts."""

    units: Count = Field(description="Units of each item that are not promised.")
    item: ConditionText | None = Field(
        default=None, description="Condition on `item`: which items. Default: all."
    )
    location: ConditionText | None = Field(
        default=None, description="Condition on `location`: where. Default: everywhere."
    )

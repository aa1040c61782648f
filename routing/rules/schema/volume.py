"""Shares of the volume that were promised to some locations."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from routing.rules.schema.base import ConditionText, Minor, Rule

Percent = Annotated[int, Field(ge=0, le=100)]


class Volume(Rule):
    """A commitment to some locations, such as those of a 3PL, at a price for what leads away.

    Counted is what plans hold, committed or shipped in the period so far, whatever rule set planned
    them as long as it counted the same. An order that ships from two locations counts at each.
    """

    location: ConditionText = Field(
        description="Condition on `location`: which locations the commitment is about, together."
    )
    of: Literal["orders", "units"] = Field(
        default="orders", description="What the share is of. Default: orders."
    )
    period: Literal["day", "week", "month"] = Field(
        description="For how long is counted, in the rule set's time zone; weeks end on Sunday."
    )
    at_least_percent: Percent | None = Field(
        default=None,
        description="Least share. While shipping from elsewhere would leave it below, that costs "
        "the price. Default: none.",
    )
    at_most_percent: Percent | None = Field(
        default=None,
        description="Greatest share. While shipping from these locations would bring it above, "
        "that costs the price. Default: none.",
    )
    price_minor: Minor = Field(
        description="Cost of each shipment, or of each unit where the share is of units, that "
        "leads away from the commitment, in minor units."
    )

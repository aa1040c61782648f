"""What it costs to leave stock behind that expires sooner."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from routing.rules.schema.base import ConditionText, Count, Minor, Rule, Section


class ExpiryStep(Section):
    """A price for units that still keep for long."""

    over_days: Count = Field(
        description="Days from the order to expiry; the step is for units that keep longer."
    )
    unit_minor: Minor = Field(description="Cost of each such unit, in minor units.")


class Expiry(Rule):
    """Prices units by how long they keep, so that old stock goes first, wherever it is.

    Days count from the order, in the rule set's time zone, and not from delivery: nothing is sent
    by a slower service so that it is older when it arrives.

    Of several steps that a unit keeps longer than, the last counts; units without an expiry date
    keep longest. Of several rules that hold, all count. A line is priced by the lots that a
    location would pick for all of it, on average. Only items count of which some lot expires.
    """

    when: ConditionText | None = Field(
        default=None, description="Condition on `order` and `line`: which lines. Default: all."
    )
    steps: Annotated[tuple[ExpiryStep, ...], Field(min_length=1, max_length=50, strict=False)] = (
        Field(description="Prices by days to expiry, the fewest days first.")
    )

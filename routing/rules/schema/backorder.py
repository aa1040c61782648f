"""Whether lines may wait for stock."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from routing.rules.schema.base import ConditionText, Rule


class Backorder(Rule):
    """For lines for which `when` holds, says whether units that are not in stock may wait.

    It takes the place of what the item says; what the order says of the line itself counts more.
    Of several rules that hold, the first decides.
    """

    when: ConditionText | None = Field(
        default=None, description="Condition on `order` and `line`: which lines. Default: all."
    )
    policy: Literal["deny", "allow"] = Field(
        description="allow: units without stock wait for supply; deny: they stay unfilled."
    )

"""Other knobs for some orders."""

from __future__ import annotations

from pydantic import Field

from routing.rules.schema.base import ConditionText, Rule
from routing.rules.schema.cost import Cost
from routing.rules.schema.split import Split
from routing.rules.schema.strategy import Strategy


class ExceptionRule(Rule):
    """For orders for which `when` holds, the given keys take the place of those of the file.

    Where several exceptions hold, each later one goes over the earlier ones, key by key.
    """

    when: ConditionText = Field(description="Condition on `order`: which orders.")
    strategy: Strategy | None = Field(default=None, description="As at the top of the file.")
    cost: Cost = Field(default=Cost(), description="As at the top of the file.")
    split: Split = Field(default=Split(), description="As at the top of the file.")

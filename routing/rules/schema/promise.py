"""When locations ship."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from routing.rules.schema.base import ConditionText, Rule

Days = Annotated[int, Field(ge=0, le=60)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]


class Promise(Rule):
    """Changes when some locations ship. Of several rules with a cutoff, the last decides."""

    location: ConditionText | None = Field(
        default=None, description="Condition on `location`: where. Default: everywhere."
    )
    cutoff: TimeOfDay | None = Field(
        default=None,
        description="Last local time at which an order still counts for the same working day, in "
        "quotes: '14:00'. It takes the place of all cutoffs of the location. Default: its own.",
    )
    extra_processing_days: Days | None = Field(
        default=None,
        description="Working days that locations need on top of their own; of several rules, all "
        "count. Default 0.",
    )

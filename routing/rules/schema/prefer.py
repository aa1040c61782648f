"""Who should rather ship, or rather not: money on locations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from routing.rules.schema.base import Minor
from routing.rules.schema.towards import Towards


class Prefer(Towards):
    """Where `when` holds, shipping from locations for which all others hold costs more or less."""

    credit_minor: Minor | None = Field(
        default=None, description="What it is worth, in minor units; lowers the cost."
    )
    penalty_minor: Minor | None = Field(
        default=None, description="What it costs, in minor units; raises the cost."
    )
    per: Literal["shipment", "line", "unit"] = Field(
        default="shipment", description="What the amount is for. Default: shipment."
    )

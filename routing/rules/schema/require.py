"""Who may ship: filters, hard or at a price."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from routing.rules.schema.base import Minor
from routing.rules.schema.towards import Towards


class Require(Towards):
    """Where `when` holds, only locations for which all the other conditions hold may ship."""

    hard: bool = Field(
        default=True, description="false: other locations may ship too, at a price. Default true."
    )
    price_minor: Minor | None = Field(
        default=None,
        description="With hard: false: what shipping from elsewhere costs, in minor units.",
    )
    per: Literal["shipment", "line", "unit"] = Field(
        default="shipment",
        description="With hard: false: what the price is for. Default: shipment.",
    )

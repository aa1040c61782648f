"""How an order may be divided."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from routing.rules.schema.base import AtLeastOne, Count, Minor, Section


class Split(Section):
    """Limits on dividing orders and lines."""

    lines: Literal["whole", "may_split"] | None = Field(
        default=None,
        description="Whether the units of one line may come from several locations. Default: "
        "whole.",
    )
    max_shipments: AtLeastOne | None = Field(
        default=None, description="Most shipments per order. Default: no limit."
    )
    ship_complete: bool | None = Field(
        default=None, description="Whether the order ships completely or not at all. Default: no."
    )
    min_shipment_value_minor: Minor | None = Field(
        default=None,
        description="Least value of each shipment of a divided order, in minor units. Default 0.",
    )
    min_shipment_units: Count | None = Field(
        default=None, description="Least units in each shipment of a divided order. Default 0."
    )

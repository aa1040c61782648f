"""What a plan is chosen by."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

Objective = Literal[
    "cost",
    "fewest_shipments",
    "same_market",
    "closest",
    "ranked",
    "fastest",
    "nearest_first",
    "ranked_first",
    "fullest_first",
]
"""The objectives of `routing.sourcing.objectives`; a test keeps the two the same."""

Tiers = Annotated[tuple[Objective, ...], Field(min_length=1, max_length=6, strict=False)]
Strategy = Literal["cheapest"] | Tiers

"""The whole file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from routing.rules.schema.backorder import Backorder
from routing.rules.schema.base import Prose, Section, Version
from routing.rules.schema.capacity import Capacity
from routing.rules.schema.cost import Cost
from routing.rules.schema.exception_rule import ExceptionRule
from routing.rules.schema.expiry import Expiry
from routing.rules.schema.prefer import Prefer
from routing.rules.schema.promise import Promise
from routing.rules.schema.require import Require
from routing.rules.schema.safety_stock import SafetyStock
from routing.rules.schema.shelf_life import ShelfLife
from routing.rules.schema.split import Split
from routing.rules.schema.strategy import Strategy
from routing.rules.schema.volume import Volume

MOST_RULES = 500
LISTS = (
    "require",
    "prefer",
    "safety_stock",
    "capacity",
    "backorder",
    "shelf_life",
    "promise",
    "expiry",
    "volume",
    "exceptions",
)
"""Sections that are lists of rules."""


class RuleSetFile(Section):
    """The fulfillment team's policy."""

    version: Version = Field(description="Version of this format: 1.")
    description: Prose = Field(default="", description="What the policy is for, for people.")
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = Field(
        default=None,
        description="ISO 4217 code of all amounts, checked against the rate cards. Default: "
        "whatever the rate cards are in.",
    )
    tz: str = Field(
        default="UTC",
        description="IANA time zone in which the dates of rules begin and end. Default UTC.",
    )
    strategy: Strategy = Field(
        default="cheapest",
        description="What a plan is chosen by: cheapest, or a list of objectives of which each "
        "decides what those before it leave open. Filling the order always comes first, and "
        "the cost decides what the list leaves open. Default: cheapest.",
    )
    cost: Cost = Field(default=Cost(), description="What things cost besides parcels and handling.")
    split: Split = Field(default=Split(), description="How an order may be divided.")
    require: Annotated[tuple[Require, ...], Field(max_length=MOST_RULES, strict=False)] = Field(
        default=(), description="Who may ship."
    )
    prefer: Annotated[tuple[Prefer, ...], Field(max_length=MOST_RULES, strict=False)] = Field(
        default=(), description="Who should rather ship, or rather not."
    )
    safety_stock: Annotated[tuple[SafetyStock, ...], Field(max_length=MOST_RULES, strict=False)] = (
        Field(default=(), description="Units that stay where they are.")
    )
    capacity: Annotated[tuple[Capacity, ...], Field(max_length=MOST_RULES, strict=False)] = Field(
        default=(), description="How much locations take on in a day."
    )
    backorder: Annotated[tuple[Backorder, ...], Field(max_length=MOST_RULES, strict=False)] = Field(
        default=(), description="Whether lines may wait for stock."
    )
    shelf_life: Annotated[tuple[ShelfLife, ...], Field(max_length=MOST_RULES, strict=False)] = (
        Field(default=(), description="How long units must keep once they have arrived.")
    )
    promise: Annotated[tuple[Promise, ...], Field(max_length=MOST_RULES, strict=False)] = Field(
        default=(), description="When locations ship."
    )
    expiry: Annotated[tuple[Expiry, ...], Field(max_length=MOST_RULES, strict=False)] = Field(
        default=(), description="What it costs to leave stock behind that expires sooner."
    )
    volume: Annotated[tuple[Volume, ...], Field(max_length=MOST_RULES, strict=False)] = Field(
        default=(), description="Shares of the volume that were promised to some locations."
    )
    exceptions: Annotated[tuple[ExceptionRule, ...], Field(max_length=MOST_RULES, strict=False)] = (
        Field(default=(), description="Other knobs for some orders.")
    )

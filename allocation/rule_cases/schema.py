"""The keys of a cases file, described for people and editors."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from allocation.rule_cases.given_schema import CaseNetwork, CaseOptions, CaseOrder, Units
from routing.rules.schema.base import Name, Prose, Section, Version

DEFAULT_NOW: Final = datetime(2026, 11, 20, 15, tzinfo=UTC)

MOST_CASES: Final = 500

Reason = Literal[
    "nothing_eligible",
    "not_in_stock",
    "capacity_exhausted",
    "rule_conflict",
    "ship_complete",
    "promise_unreachable",
    "not_shippable",
    "max_shipments",
    "whole_line",
    "dearer_than_penalty",
    "group",
]
"""Reasons of `UnfilledReason` that a case can expect; it never is to stay undecided."""


def _moment(value: Any) -> Any:
    """Read a time with its offset; what is no text is left to the schema to refuse."""
    if not isinstance(value, str | date):
        return value
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError("give a time such as 2026-11-27T15:00Z") from error
    if moment.tzinfo is None:
        raise ValueError("has no offset from UTC; add Z or one like -05:00")
    return moment.astimezone(UTC)


Moment = Annotated[datetime, BeforeValidator(_moment)]


class ExpectedShipment(Section):
    """One shipment."""

    from_: str = Field(alias="from", description="Location that ships it.")
    lines: dict[str, Units] = Field(description="Units of each line in it.")


class ExpectedGap(Section):
    """Units of a line that are left out."""

    units: Units = Field(description="How many.")
    reason: Reason | None = Field(default=None, description="Why. Default: whatever the reason.")


class ExpectedVerdict(Section):
    """What is said of one line at one location."""

    line: str = Field(description="The line.")
    location: str = Field(description="The location.")
    verdict: str = Field(description="The verdict, such as eligible, rule, out_of_stock, short.")
    rule: str | None = Field(default=None, description="With verdict: rule, the rule's name.")


class Expect(Section):
    """What the plan is to be. Units that are left out and not expected to be fail the case."""

    shipments: Annotated[tuple[ExpectedShipment, ...], Field(strict=False)] | None = Field(
        default=None, description="All shipments, in any order; an empty list for none."
    )
    ships_from: Annotated[tuple[str, ...], Field(strict=False)] | None = Field(
        default=None, description="All locations that ship, in any order."
    )
    unfilled: dict[str, ExpectedGap] | None = Field(
        default=None, description="All lines with units left out. Default: none."
    )
    verdicts: Annotated[tuple[ExpectedVerdict, ...], Field(strict=False)] = Field(
        default=(), description="What is said of some lines at some locations."
    )
    cost_minor: int | None = Field(
        default=None, description="The whole cost of the plan, in minor units."
    )
    terms: dict[str, int] = Field(
        default_factory=dict,
        description="Some terms of the cost by name, in minor units; 0 for one that is not there.",
    )


class Case(Section):
    """Given some stock, when an order comes, expect a plan."""

    name: Name = Field(
        description="Lower-case letters, digits and hyphens; each name once in a file."
    )
    because: Prose = Field(default="", description="Why it should be so, for people.")
    now: Moment | None = Field(
        default=None, description="When the order comes and is decided. Default: as in the file."
    )
    stock: dict[str, dict[str, Units]] = Field(
        description="Units in stock by item, then location; where an item is not mentioned, it "
        "is not stocked."
    )
    order: CaseOrder = Field(description="The order.")
    options: CaseOptions = Field(
        default=CaseOptions(), description="What the request overrides. Default: nothing."
    )
    expect: Expect = Field(description="What the plan is to be.")


class CasesFile(Section):
    """Cases of a rule set."""

    version: Version = Field(description="Version of this format: 1.")
    now: Moment = Field(
        default=DEFAULT_NOW,
        description="When orders come and are decided, with its offset from UTC. Default: "
        "2026-11-20T15:00Z.",
    )
    network: CaseNetwork | None = Field(
        default=None,
        description="Locations and items of the cases. Default: the network that the check is "
        "given. Prices are those of the example rate cards.",
    )
    cases: Annotated[tuple[Case, ...], Field(min_length=1, max_length=MOST_CASES, strict=False)] = (
        Field(description="The cases.")
    )

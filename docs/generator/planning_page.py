"""The page of planning: rule sets, objectives, options and the terms of a cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from allocation.server.rule_sets import DEFAULT_RULE_SET
from docs.generator.contract import message_named
from docs.generator.markdown import code, page, prose, table
from docs.generator.problem import require_same
from routing.rules.presets import NAMES, preset
from routing.sourcing.objectives import OBJECTIVES

_WHERE: Final = "docs/generator/planning_page.py"

OBJECTIVE_MEANINGS: Final = {
    "cost": "Landed cost and priced penalties, in minor units of the currency.",
    "fewest_shipments": "Number of shipments.",
    "same_market": "Number of shipments from locations outside the destination's market: its "
    "country is among the location's markets, or is the location's country where that has none.",
    "closest": "Sum over the shipments of the great-circle distance to the destination, in whole "
    "kilometres to the nearest; an unknown distance counts as 40,000 km.",
    "ranked": "Sum over the shipments of the location's position by rank, then id, from 0.",
    "fastest": "Sum over the units of the days from the order to the latest delivery date; an "
    "unknown date counts as 1,000 days.",
    "nearest_first": "Sum over the units of their location's position in the list of locations, "
    "nearest first: each unit comes from the nearest location that has it.",
    "ranked_first": "Sum over the units of their location's position by rank, then id: each unit "
    "comes from the first location that has it.",
    "fullest_first": "Sum over the units of their location's position in the list of locations, "
    "those first that have all units of the most items; ties by rank, then id.",
}

COST_TERMS: Final = {
    "postage": "base price of a parcel in its rate zone and weight step",
    "surcharge:NAME": "a surcharge of the rate card, under its name there",
    "handling:parcel": "`handling_cost.per_parcel` of the location, for each parcel",
    "handling:shipment": "`handling_cost.per_shipment`, for each shipment",
    "handling:line": "`handling_cost.per_line`, for each line in a shipment",
    "handling:unit": "`handling_cost.per_unit`, for each unit of a line",
    "distance": "`cost.distance_minor_per_100_km` of the rule set, for each shipment",
    "rule:NAME": "a preference, or a soft requirement that is not met, under the rule's name",
    "lateness": "days after `deliver_by` times `late_day_penalty`; only where that is set",
    "penalty:extra_shipment": "`extra_shipment_penalty` for each shipment after the first",
    "penalty:unfilled": "`unfilled_unit_penalty` for each unit left out",
}
"""By the name that `CostTerm.name` carries."""

_OPTIONS: Final = """\
`AllocateRequest.options` and `QuoteRequest.options`. They lie over the rule set: what is absent
stays as the rule set has it."""

_RULE_SETS: Final = f"""\
What `options.rule_set` may name in this version; absent means `{DEFAULT_RULE_SET}`. Any other name
is refused with `UNKNOWN_RULE_SET`."""

_COST_TERMS: Final = """\
Names in `CostBreakdown.terms`. The terms of a breakdown sum exactly to its total; a penalty or
handling term of 0 is left out."""

_OBJECTIVES: Final = """\
A rule set names its objectives, most important first. They are minimised one after the other:
the second only chooses among plans that are equal in the first, and so on. Where no price is set
for an unfilled unit, a tier `unfilled` comes before all of them, and where none of them counts
cost, `cost` comes last. Further ties go to the location of lower rank, then lower id."""


def planning_page() -> str:
    """Return the page.

    Raises
    ------
    DocsError
        An objective is not explained, or one that is explained is gone.
    """
    require_same(OBJECTIVE_MEANINGS, OBJECTIVES, "objectives", _WHERE)
    return page(
        "Rule sets, objectives, options, cost terms",
        [
            "## Options of one call",
            _OPTIONS,
            table(("option", "meaning"), _option_rows()),
            "## Rule sets",
            _RULE_SETS,
            *_presets(),
            "## Objectives",
            _OBJECTIVES,
            table(
                ("objective", "what is minimised"),
                ((code(name), OBJECTIVE_MEANINGS[name]) for name in OBJECTIVES),
            ),
            "## Cost terms",
            _COST_TERMS,
            table(("term", "what it is"), ((code(k), v) for k, v in COST_TERMS.items())),
        ],
    )


def _option_rows() -> Iterator[tuple[str, str]]:
    for field in message_named("PlanningOptions").fields:
        meaning = field.comment
        if field.name == "line_split":
            meaning = "Whether the units of a line may come from several locations. " + meaning
        yield code(field.name), prose(meaning)


def _presets() -> Iterator[str]:
    for name in sorted(NAMES):
        rules = preset(name)
        yield f"### {rules.name}"
        yield prose(rules.file.description)

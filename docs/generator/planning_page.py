"""The page of planning: the options of a call and the terms of a cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from docs.generator.contract import message_named
from docs.generator.markdown import code, page, prose, table

COST_TERMS: Final = {
    "postage": "base price of a parcel in its rate zone and weight step",
    "surcharge:NAME": "a surcharge of the rate card, under its name there",
    "handling:parcel": "`handling_cost.per_parcel` of the location, for each parcel",
    "handling:shipment": "`handling_cost.per_shipment`, for each shipment",
    "handling:line": "`handling_cost.per_line`, for each line in a shipment",
    "handling:unit": "`handling_cost.per_unit`, for each unit of a line",
    "labour:shipment": "time of people for each shipment, at the wage of the location",
    "labour:line": "the same, for each line in a shipment",
    "labour:unit": "the same, for each unit of a line",
    "labour:parcel": "the same, for each parcel",
    "packing:carton": "cost of the carton that a parcel is packed in",
    "packing:void_fill": "what fills the space that is left in it",
    "packing:material": "`handling_cost.material_per_parcel`, for each parcel",
    "distance": "`cost.distance_minor_per_100_km` of the rule set, for each shipment",
    "rule:NAME": "a preference, a soft requirement that is not met, a price by expiry, or a "
    "promised share of the volume that is led away from, under the rule's name",
    "lateness": "days after `deliver_by` times `late_day_penalty`; only where that is set",
    "backorder:unit": "`backorder_unit_penalty` for each unit in a shipment that waits for supply",
    "backorder:wait": "`backorder_wait_day_penalty` for each day that a shipment waits",
    "substitution": "`substitute_unit_penalty` for each unit of another item than was ordered",
    "transfer:shipment": "transfer routes that a shipment needs, and handling where they begin",
    "transfer:line": "`handling_cost.per_line` where a line is sent on to a hub",
    "transfer:unit": "what routes, and handling where they begin, cost for each unit",
    "penalty:extra_shipment": "`extra_shipment_penalty` for each shipment after the first",
    "penalty:line_part": "`cost.line_part_minor` of the rule set, for each line in a shipment",
    "penalty:unfilled": "`unfilled_unit_penalty` for each unit left out",
}
"""By the name that `CostTerm.name` carries."""

_OPTIONS: Final = """\
`AllocateRequest.options` and `QuoteRequest.options`. They lie over the
[rule set](rules.md): what is absent stays as the rule set has it."""

_COST_TERMS: Final = """\
Names in `CostBreakdown.terms`. The terms of a breakdown sum exactly to its total; a penalty or
handling term of 0 is left out."""


def planning_page() -> str:
    """Return the page."""
    return page(
        "Planning options and cost terms",
        [
            "## Options of one call",
            _OPTIONS,
            table(("option", "meaning"), _option_rows()),
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

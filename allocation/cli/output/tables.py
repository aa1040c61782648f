"""Plans and delivery options as tables."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocation.cli.money_text import date_text, money_text
from allocation.cli.output.words import (
    Words,
    carrier_words,
    cost_words,
    delivery_words,
    distance_words,
    proof_words,
    unfilled_words,
)
from allocation.v1.allocation_service_pb2 import DeliveryOption, QuoteResponse
from allocation.v1.alternative_pb2 import AlternativeKind
from allocation.v1.plan_pb2 import Plan


def plan_table(plan: Plan, words: Words) -> RenderableType:
    """Return a plan as a table of its shipments, with what does not fit in one below."""
    total = money_text(plan.cost.total, with_currency=True)
    table = Table(title=f"{plan.order_id}: {total}", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("Shipment", "From", "Lines", "Carrier service", "Distance", "Arrives"):
        table.add_column(heading)
    table.add_column("Cost", justify="right")
    for shipment in plan.shipments:
        table.add_row(
            str(shipment.number),
            Text(words.location(shipment.location_id)),
            Text(words.contents(plan, shipment)),
            Text(carrier_words(shipment)),
            distance_words(shipment),
            delivery_words(shipment),
            Text(cost_words(shipment.cost)),
        )
    below = [Text(unfilled_words(each, words), style="bold") for each in plan.unfilled]
    below += [Text(f"note: {warning}") for warning in plan.warnings]
    return Group(table, *below, Text(proof_words(plan.proof)))


def quote_table(quote: QuoteResponse, locations: Words) -> RenderableType:
    """Return delivery options as a table, cheapest first."""
    table = Table(box=SIMPLE_HEAD)
    for heading in ("Option", "Arrives", "From", "Carrier services"):
        table.add_column(heading)
    for heading in ("Shipments", "Unfilled lines", "Cost"):
        table.add_column(heading, justify="right")
    for option in quote.options:
        table.add_row(
            option_name(option),
            _dates(option),
            Text(", ".join(locations.location(each) for each in option.location_ids)),
            Text(", ".join(f"{each.carrier} {each.service}" for each in option.carrier_services)),
            str(option.shipments),
            str(option.unfilled_lines),
            money_text(option.cost, with_currency=True),
        )
    return Group(table, *(Text(f"note: {warning}") for warning in quote.warnings))


def option_name(option: DeliveryOption) -> str:
    """Return what an option is best at: ``cheapest, fewest shipments``."""
    return ", ".join(_kinds(option.kinds))


def _kinds(kinds: Iterable[AlternativeKind.ValueType]) -> list[str]:
    names = [AlternativeKind.Name(kind) for kind in kinds]
    return [name.removeprefix("ALTERNATIVE_KIND_").replace("_", " ").lower() for name in names]


def _dates(option: DeliveryOption) -> str:
    first, last = date_text(option.earliest_delivery_date), date_text(option.latest_delivery_date)
    return last if first == last else f"{first} to {last}"

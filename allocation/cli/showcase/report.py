"""What the demo shows: some plans in sentences, then one table of figures."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from allocation.cli.output.sentences import plan_sentences
from allocation.cli.output.words import Words
from allocation.cli.showcase.example import Example
from allocation.cli.showcase.outcome import Figures, Outcome, figures_of
from allocation.demo.policies import POLICIES
from allocation.v1.proof_pb2 import ProofStatus

FIRST_SHOWN = 3
DEAREST_SHOWN = 2
AGAINST = "nearest"
HEADINGS = ("Cost/order", "vs ShipFrom", "Shipments/order", "Mean distance", "Units filled")


def plan_lines(outcomes: Sequence[Outcome], example: Example) -> Iterator[str]:
    """Yield sentences on the first orders, and on those where looking at prices pays most."""
    names = example.files.names
    yield f"The first {min(FIRST_SHOWN, len(outcomes))} orders:"
    for outcome in outcomes[:FIRST_SHOWN]:
        yield from plan_sentences(outcome.plan, Words.of(outcome.order, names))
    rest = sorted(
        outcomes[FIRST_SHOWN:],
        key=lambda outcome: (-outcome.saving_against(AGAINST), outcome.order.id),
    )[:DEAREST_SHOWN]
    if rest:
        yield f"The {len(rest)} orders that save most against shipping from the nearest location:"
    for outcome in rest:
        yield from plan_sentences(outcome.plan, Words.of(outcome.order, names))
        saving = outcome.saving_against(AGAINST)
        yield f"  shipping each line from the nearest location costs {saving:.2f} more"


def summary_table(outcomes: Sequence[Outcome]) -> Table:
    """Return the figures of every way, ours first."""
    comparable = [outcome for outcome in outcomes if outcome.comparable]
    units = sum(outcome.ordered_units for outcome in outcomes)
    ours = figures_of(
        [outcome.ours for outcome in comparable], [outcome.ours for outcome in outcomes], units
    )
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Policy")
    for heading in (
        "Cost/order",
        "vs ShipFrom",
        "Shipments/order",
        "Mean distance",
        "Units filled",
    ):
        table.add_column(heading, justify="right")
    _add_row(table, "ShipFrom", ours, ours)
    for policy in POLICIES:
        theirs = figures_of(
            [outcome.policies[policy.name] for outcome in comparable],
            [outcome.policies[policy.name] for outcome in outcomes],
            units,
        )
        _add_row(table, policy.title, theirs, ours)
    return table


def closing_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield what the table was made of, what is proven, and how long the calls took."""
    comparable = sum(outcome.comparable for outcome in outcomes)
    proven = sum(
        outcome.plan.proof.status == ProofStatus.PROOF_STATUS_OPTIMAL for outcome in outcomes
    )
    calls_ms = sorted(outcome.call_s * 1000 for outcome in outcomes)
    high = calls_ms[math.ceil(0.95 * len(calls_ms)) - 1]
    yield (
        f"Means over the {comparable} of {len(outcomes)} orders for which every policy sends the "
        "same units and has a price; USD; postage, surcharges and handling. Every order meets the "
        "same stock: nothing is used up."
    )
    yield f"Proven cheapest: {proven} of {len(outcomes)} plans."
    yield (
        f"One Allocate call over a local socket: median {statistics.median(calls_ms):.1f} ms, "
        f"95th percentile {high:.1f} ms."
    )
    yield "Items, stock, handling costs and baskets are synthetic (allocation/demo/recipe.py)."


def _add_row(table: Table, title: str, figures: Figures, ours: Figures) -> None:
    more = (figures.cost / ours.cost - 1) * 100 if ours.cost else 0
    table.add_row(
        title,
        f"{figures.cost:.2f}",
        "" if figures is ours else f"{more:+.1f} %",
        f"{figures.shipments:.2f}",
        f"{figures.distance_km:.0f} km",
        f"{figures.filled_share:.1%}".replace("%", " %"),
    )

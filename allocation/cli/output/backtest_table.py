"""A backtest as a table: rule sets beside each other, and how sure the differences are."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocation.backtest.headlines import caveats, headlines
from allocation.backtest.metrics import METRICS, Unit
from allocation.backtest.summary import BacktestSummary, Measured
from allocation.backtest.terms import is_paid, kind_of
from allocation.backtest.words import change_text, interval_text, value_text, verdict_text
from allocation.money_text import amount_text


def backtest_table(summary: BacktestSummary, currency: str) -> RenderableType:
    """Return the figures of a backtest, then what came of it in sentences."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("")
    for each in summary.contenders:
        table.add_column(Text(each.name), justify="right")
    for number, metric in enumerate(METRICS):
        unit = f", {currency}" if metric.unit is Unit.MONEY else ""
        cells = [_cell(each.measured[number], currency) for each in summary.contenders]
        table.add_row(f"{metric.title}{unit}", *cells)
    for name, amounts in _cost_rows(summary):
        shown = [amount_text(round(each / summary.compared), currency) for each in amounts]
        table.add_row(*(Text(each, style="dim") for each in (f"  {name}", *shown)))
    sentences = [*headlines(summary, currency), *caveats(summary)]
    return Group(table, *(Text(each) for each in sentences))


def _cell(measured: Measured, currency: str) -> Text:
    unit, found = measured.metric.unit, measured.difference
    text = Text(value_text(unit, measured.value, currency))
    if found is None or (found.value == 0 and found.low == found.high == 0):
        return text
    verdict = verdict_text(measured.metric, found)
    text.append(
        f"\n{change_text(unit, found.value, currency)} ({interval_text(unit, found, currency)})"
        f"{f' {verdict}' if verdict else ''}",
        style="dim",
    )
    return text


def _cost_rows(summary: BacktestSummary) -> Iterator[tuple[str, list[int]]]:
    """Yield what is paid, by kind of term, over the orders that every rule set fills."""
    if not summary.compared:
        return
    by_name = [each.compared_cost.terms for each in summary.contenders]
    kinds = sorted({kind_of(name) for terms in by_name for name, _ in terms if is_paid(name)})
    for kind in kinds:
        yield kind, [sum(amount for name, amount in t if kind_of(name) == kind) for t in by_name]

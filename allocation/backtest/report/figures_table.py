"""The table at the top: every metric of every rule set, and how sure the differences are."""

from __future__ import annotations

from allocation.backtest.metrics import METRICS, Metric
from allocation.backtest.report.markup import Markup, element
from allocation.backtest.report.view import View, swatch
from allocation.backtest.summary import Measured
from allocation.backtest.words import change_text, interval_text, value_text, verdict_text


def figures_table(view: View) -> Markup:
    """Return the table; the first rule set is what the others are compared with."""
    heads = [
        element("th", swatch(number), name, scope="col") for number, name in enumerate(view.names)
    ]
    rows = [_row(view, number, metric) for number, metric in enumerate(METRICS)]
    return element(
        "div",
        element(
            "table",
            element("thead", element("tr", element("th", "", scope="col"), *heads)),
            element("tbody", *rows),
            class_="figures",
        ),
        class_="wide",
    )


def _row(view: View, number: int, metric: Metric) -> Markup:
    cells = [_cell(view, each.measured[number]) for each in view.summary.contenders]
    unit = f"{metric.title}, {view.currency}" if metric.unit.name == "MONEY" else metric.title
    return element("tr", element("th", unit, scope="row"), *cells)


def _cell(view: View, measured: Measured) -> Markup:
    metric = measured.metric
    value = element("span", value_text(metric.unit, measured.value, view.currency), class_="value")
    found = measured.difference
    if found is None:
        return element("td", value)
    if found.value == 0 and found.low == 0 and found.high == 0:
        return element("td", value, element("span", "the same", class_="change"))
    verdict = verdict_text(metric, found)
    change = element(
        "span",
        change_text(metric.unit, found.value, view.currency),
        " ",
        element("span", verdict, class_=f"verdict {verdict}"),
        class_="change",
    )
    interval = element("span", interval_text(metric.unit, found, view.currency), class_="interval")
    return element("td", value, change, interval)

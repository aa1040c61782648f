"""The page: every section in its place, style and behaviour within."""

from __future__ import annotations

from importlib.resources import files

from allocation.backtest.headlines import caveats
from allocation.backtest.intervals import RESAMPLES
from allocation.backtest.report.columns import column_chart
from allocation.backtest.report.costs import costs
from allocation.backtest.report.differing import differing
from allocation.backtest.report.figures_table import figures_table
from allocation.backtest.report.flow_map import flow_maps
from allocation.backtest.report.headline import headline
from allocation.backtest.report.loads import loads
from allocation.backtest.report.markup import Markup, element, joined
from allocation.backtest.report.view import View, legend, make_view
from allocation.backtest.run import BacktestResult
from allocation.backtest.spread import Spread
from allocation.backtest.summary import BacktestSummary


def report_html(result: BacktestResult, summary: BacktestSummary, currency: str) -> str:
    """Return a whole HTML page that works without a network.

    The same input gives the same bytes. Everything that comes from outside is escaped.
    """
    view = make_view(result, summary, currency)
    first, *others = view.names
    title = f"Backtest: {first}" + (f" against {' and '.join(others)}" if others else "")
    head = joined(
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(_static("report.css"))),
    )
    body = joined(
        element("header", element("h1", title), headline(view)),
        _section("In figures", figures_table(view), _notes(caveats(view.summary))),
        _section("What an order costs", costs(view)),
        _section("How orders are sent", legend(view), _spreads(view)),
        _section("Where shipments go", flow_maps(view)),
        _section("What each location has to do", loads(view)),
        _section("Orders that differ", differing(view)),
        _section("How to read this", _method(view)),
        element("script", Markup(_static("report.js"))),
    )
    page = element("html", element("head", head), element("body", element("main", body)), lang="en")
    return f"<!doctype html>\n{page}\n"


def _static(name: str) -> str:
    return files("allocation.backtest.report").joinpath("static", name).read_text(encoding="utf-8")


def _section(title: str, *parts: str) -> Markup:
    return element("section", element("h2", title), *parts)


def _notes(sentences: list[str]) -> Markup:
    return element("ul", *(element("li", each) for each in sentences), class_="notes")


def _spreads(view: View) -> Markup:
    contenders = view.summary.contenders
    charts = (
        ("Shipments per order", [each.shipments_per_order for each in contenders], "shipments"),
        ("Days to delivery", [each.delivery_days for each in contenders], "days from the order"),
        ("Distance of shipments", [each.distances for each in contenders], "km, from \u2026 on"),
    )
    figures = [
        element(
            "figure",
            element("figcaption", element("b", title), _unknown(spreads)),
            column_chart(view.names, spreads, below),
        )
        for title, spreads, below in charts
    ]
    return element("div", *figures, class_="grid2")


def _unknown(spreads: list[Spread]) -> str:
    unknown = [each.unknown for each in spreads]
    return f" ({', '.join(map(str, unknown))} unknown)" if any(unknown) else ""


def _method(view: View) -> Markup:
    stock = _USED_UP if view.result.case.uses_up_stock else _FRESH
    text = _METHOD.format(
        stock=stock, first=view.names[0], resamples=f"{RESAMPLES:,}", seed=view.summary.seed
    )
    return _notes([" ".join(each.split()) for each in text.split("\n\n")])


_USED_UP = (
    "with the stock that the orders before it had left under the same rule set. Nothing was added "
    "to the stock."
)
_FRESH = "with all of the stock, whatever earlier orders took."

_METHOD = """\
Each order went through the same planning that checkout uses, {stock}

Cost is what is paid: carriers, surcharges, handling. Penalties and preferences steer the choice
and are shown apart.

Changes are against {first}. Intervals hold 95 % of {resamples} draws of the orders with
repetition (seed {seed}), the same draw for both rule sets. They treat orders as independent,
which stock that runs out makes only nearly true.

Days run from the day of the order (UTC) to the last day of the last delivery. An order is late
when that is after the date it asked for; orders without a date do not count.

Flows end in the middle of areas of two degrees. The dots behind them are postal areas (GeoNames,
CC BY 4.0)."""

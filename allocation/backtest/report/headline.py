"""The answer in a few sentences, before any figure."""

from __future__ import annotations

from allocation.backtest.headlines import headlines, scope
from allocation.backtest.report.markup import Markup, element, joined
from allocation.backtest.report.view import View


def headline(view: View) -> Markup:
    """Return what was compared and what came of it."""
    told = headlines(view.summary, view.currency)
    items = [element("li", each) for each in told]
    return joined(
        element("p", scope(view.result.case), class_="scope"),
        element("ul", *items, class_="answers") if items else Markup(),
    )

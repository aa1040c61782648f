"""The orders that are not routed alike, side by side with the reasons."""

from __future__ import annotations

from typing import Final

from allocation.backtest.differences import DifferingOrder
from allocation.backtest.outcome import OrderOutcome
from allocation.backtest.report.markup import Markup, element, joined
from allocation.backtest.report.view import View, swatch
from allocation.backtest.terms import paid_minor
from allocation.money_text import amount_text
from routing.order import Order

MOST_SHOWN: Final = 300


def differing(view: View) -> Markup:
    """Return the section: one row per order, to be opened for the reasons."""
    orders = view.summary.differing
    if not orders:
        return element("p", "Every order is routed the same under all rule sets.")
    shown = orders[:MOST_SHOWN]
    rest = len(orders) - len(shown)
    note = f"{len(orders):,} of {view.summary.orders:,} orders, "
    note += "first those that not all can fill, then by how much the cost differs."
    if rest:
        note += f" The first {len(shown)} are here; the JSON form has the other {rest:,} too."
    search = element(
        "label",
        "Find ",
        element("input", type="search", id="find", placeholder="order, location, item"),
        class_="find",
    )
    rows = [_order(view, each) for each in shown]
    return joined(
        element("p", note, class_="note"),
        search,
        element("div", *rows, id="orders"),
        element("p", "No order has that in it.", id="none", class_="note", hidden="hidden"),
    )


def _order(view: View, differing_order: DifferingOrder) -> Markup:
    order = view.result.case.orders[differing_order.number].order
    outcomes = [each[differing_order.number] for each in view.result.outcomes]
    cheapest = min(paid_minor(each.cost) for each in outcomes)
    heads = [
        element(
            "span",
            swatch(number),
            _price(view, outcome, cheapest),
            class_="price",
        )
        for number, outcome in enumerate(outcomes)
    ]
    bodies = [
        _reasons(view, number, outcome, differing_order) for number, outcome in enumerate(outcomes)
    ]
    head = element(
        "summary",
        element("span", order.id, class_="order-id"),
        element("span", _about(order), class_="about"),
        element("span", *heads, class_="prices"),
    )
    return element("details", head, element("div", *bodies, class_="sides"), class_="order")


def _about(order: Order) -> str:
    to = order.destination
    where = " ".join(each for each in (to.country, to.postal_code) if each) or "unknown place"
    lines = len(order.lines)
    return f"{order.placed_time:%Y-%m-%d} to {where}, {lines} line{'' if lines == 1 else 's'}"


def _price(view: View, outcome: OrderOutcome, cheapest: int) -> Markup:
    if outcome.problem is not None:
        return element("span", "not planned")
    paid = paid_minor(outcome.cost)
    text = amount_text(paid, view.currency)
    if not outcome.complete:
        return element("span", f"{text}, not all", class_="short")
    return element("b" if paid == cheapest else "span", text)


def _reasons(
    view: View, number: int, outcome: OrderOutcome, differing_order: DifferingOrder
) -> Markup:
    name = view.names[number]
    sentences = differing_order.sentences[number] if differing_order.sentences else ()
    told = sentences or _plain(view, outcome)
    return element(
        "div",
        element("h4", swatch(number), name),
        element("ul", *(element("li", each) for each in told)),
    )


def _plain(view: View, outcome: OrderOutcome) -> list[str]:
    """Return what ships from where, for an order that was not explained."""
    if outcome.problem is not None:
        return [outcome.problem]
    told = [
        f"{each.lines} line{'' if each.lines == 1 else 's'} from {view.place(each.location_id)} "
        f"with {each.carrier} {each.service}: {amount_text(each.cost_minor, view.currency)}"
        for each in outcome.shipments
    ]
    return told + [f"{each.line_id}: {each.detail}" for each in outcome.left_out]

"""The answer in a few sentences, before any figure."""

from __future__ import annotations

from allocation.backtest.report.markup import Markup, element, joined
from allocation.backtest.report.view import View
from allocation.backtest.summary import ContenderSummary, Measured
from allocation.backtest.words import change_text, counted, interval_text, value_text
from allocation.money_text import amount_text


def headline(view: View) -> Markup:
    """Return what was compared and what came of it."""
    first, *others = view.summary.contenders
    items = [element("li", *_against(view, first, each)) for each in others]
    items += [
        element("li", sentence)
        for each in view.summary.contenders
        for sentence in _baseline(view, each)
    ]
    return joined(
        element("p", _scope(view), class_="scope"),
        element("ul", *items, class_="answers") if items else Markup(),
    )


def caveats(view: View) -> list[str]:
    """Return what makes the figures less than certain, one sentence each."""
    found = []
    summary = view.summary
    missing = summary.orders - summary.compared
    if missing:
        found.append(
            f"Costs, shipments, distances and days are compared over the {summary.compared:,} "
            f"orders that every rule set fills completely; {missing:,} are not among them."
        )
    for each in summary.contenders:
        if each.unproven:
            found.append(
                f"{each.name}: {counted(each.unproven, 'plan')} not proven to be the best there "
                "is within the time given; it may come out otherwise on another run."
            )
        if each.not_planned:
            shown = ", ".join(order_id for order_id, _ in each.not_planned[:5])
            found.append(
                f"{each.name}: {counted(len(each.not_planned), 'order')} could not be planned: "
                f"{shown} ({each.not_planned[0][1]})."
            )
    return found


def _scope(view: View) -> str:
    orders = view.result.case.orders
    first = orders[0].order.placed_time.date().isoformat()
    last = orders[-1].order.placed_time.date().isoformat()
    days = f"on {first}" if first == last else f"from {first} to {last}"
    locations = len(view.result.case.network.locations)
    return (
        f"{len(orders):,} orders placed {days}, {locations:,} locations. Every rule set met the "
        "same orders in the order of time and began with the same stock."
    )


def _against(view: View, first: ContenderSummary, other: ContenderSummary) -> list[str]:
    cost = other.measured[0]
    sentences: list[str] = [element("b", other.name), " "]
    change = cost.difference
    if change is None or cost.value is None or first.measured[0].value is None:
        sentences += ["has no order in common with ", element("b", first.name), " to compare."]
    else:
        base = first.measured[0].value
        share = f"{abs(change.value) / base * 100:.1f} %" if base else "no share"
        amount = value_text(cost.metric.unit, abs(change.value), view.currency)
        more = "more" if change.value > 0 else "less"
        interval = interval_text(cost.metric.unit, change, view.currency)
        chance = "" if change.sure else ", so it may be chance"
        sentences += [
            f"costs {amount} {view.currency} {more} per order than ",
            element("b", first.name),
            f" ({share}; 95 % interval {interval}{chance}).",
        ]
    sentences += [_fill(view, first.measured[5], other.measured[5])]
    sentences += [f" {len(view.summary.differing):,} orders are routed differently."] * (
        len(view.summary.contenders) == 2
    )
    return sentences


def _fill(view: View, first: Measured, other: Measured) -> str:
    if first.value is None or other.value is None or first.value == other.value:
        return ""
    unit = other.metric.unit
    change = change_text(unit, other.value - first.value, view.currency)
    return f" It fills {value_text(unit, other.value, view.currency)} of the units ({change})."


def _baseline(view: View, contender: ContenderSummary) -> list[str]:
    found = contender.baseline
    if found is None:
        return []
    saving = amount_text(abs(found.saving_minor), view.currency)
    word = "less" if found.saving_minor >= 0 else "more"
    sentence = (
        f"{contender.name} costs {saving} {view.currency} {word} than the choices made at the "
        f"time, over the {found.priced:,} of {found.orders:,} that can be priced."
    )
    if found.problems:
        sentence += f" The others: {found.problems[0][0]} ({found.problems[0][1]:,} times)."
    return [sentence]

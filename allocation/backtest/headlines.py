"""The answer in a few sentences, the same in the table and in the report."""

from __future__ import annotations

from allocation.backtest.case import BacktestCase
from allocation.backtest.summary import BacktestSummary, ContenderSummary, Measured
from allocation.backtest.words import change_text, counted, interval_text, value_text
from allocation.money_text import amount_text


def scope(case: BacktestCase) -> str:
    """Return what was tried on what."""
    first = case.orders[0].order.placed_time.date().isoformat()
    last = case.orders[-1].order.placed_time.date().isoformat()
    days = f"on {first}" if first == last else f"from {first} to {last}"
    met = "in the order of time and began with the same stock"
    if not case.uses_up_stock:
        met = "and every order all of the stock, as if it were the only one"
    return (
        f"{counted(len(case.orders), 'order')} placed {days}, "
        f"{counted(len(case.network.locations), 'location')}. Every rule set met the same orders "
        f"{met}."
    )


def headlines(summary: BacktestSummary, currency: str) -> list[str]:
    """Return what came of it: each rule set against the first, then against past choices."""
    first, *others = summary.contenders
    found = [_against(first, each, currency) for each in others]
    if others:
        differing = len(summary.differing)
        found.append(
            f"{differing:,} of {counted(summary.orders, 'order')} "
            f"{'is' if differing == 1 else 'are'} not routed alike."
        )
    found += [sentence for each in summary.contenders for sentence in _baseline(each, currency)]
    return found


def caveats(summary: BacktestSummary) -> list[str]:
    """Return what makes the figures less than certain."""
    found = []
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
                "is within the time given; another run may come out otherwise."
            )
        if each.not_planned:
            shown = ", ".join(order_id for order_id, _ in each.not_planned[:5])
            found.append(
                f"{each.name}: {counted(len(each.not_planned), 'order')} could not be planned: "
                f"{shown} ({each.not_planned[0][1]})."
            )
    return found


def _against(first: ContenderSummary, other: ContenderSummary, currency: str) -> str:
    cost, base = other.measured[0], first.measured[0].value
    change = cost.difference
    if change is None or base is None:
        return f"{other.name} has no order in common with {first.name} to compare."
    filled = _fill(first, other, currency)
    if change.value == 0:
        return f"{other.name} costs the same per order as {first.name}.{filled}"
    amount = value_text(cost.metric.unit, abs(change.value), currency)
    share = f"{abs(change.value) / base * 100:.1f} %; " if base > 0 else ""
    interval = interval_text(cost.metric.unit, change, currency)
    return (
        f"{other.name} costs {amount} {currency} {'more' if change.value > 0 else 'less'} per "
        f"order than {first.name} ({share}95 % interval {interval}"
        f"{'' if change.sure else ', so it may be chance'}).{filled}"
    )


def _fill(first: ContenderSummary, other: ContenderSummary, currency: str) -> str:
    ours, theirs = _fill_rate(other), _fill_rate(first)
    if ours.value is None or theirs.value is None or ours.value == theirs.value:
        return ""
    unit = ours.metric.unit
    change = change_text(unit, ours.value - theirs.value, currency)
    return f" It fills {value_text(unit, ours.value, currency)} of the units ({change})."


def _fill_rate(contender: ContenderSummary) -> Measured:
    return next(each for each in contender.measured if each.metric.name == "fill_rate")


def _baseline(contender: ContenderSummary, currency: str) -> list[str]:
    found = contender.baseline
    if found is None:
        return []
    saving = amount_text(abs(found.saving_minor), currency)
    word = "less" if found.saving_minor >= 0 else "more"
    sentence = (
        f"{contender.name} costs {saving} {currency} {word} than the choices made at the time, "
        f"over the {found.priced:,} of {found.orders:,} that can be priced."
    )
    if found.problems:
        sentence += f" The others: {found.problems[0][0]} ({found.problems[0][1]:,} times)."
    return [sentence]

"""What an order costs, by term: stacked bars above a table of the same figures."""

from __future__ import annotations

from collections.abc import Mapping

from allocation.backtest.report.axis import axis_to
from allocation.backtest.report.markup import Markup, element, joined
from allocation.backtest.report.view import View, swatch
from allocation.backtest.terms import is_paid, kind_of
from allocation.money_text import amount_text

WIDTH, LEFT, RIGHT = 1000, 190, 90
BAR, GAP, TOP = 26, 12, 4
TINTS = 6


def costs(view: View) -> Markup:
    """Return the section, over the orders that every rule set fills."""
    if not view.summary.compared:
        return element("p", "There is no order that every rule set fills, so nothing to compare.")
    return joined(_bars(view), _table(view))


def _kinds(view: View, number: int) -> Mapping[str, int]:
    """Return what is paid under a rule set, by kind of term, per thousand orders."""
    amounts: dict[str, int] = {}
    for name, amount in view.summary.contenders[number].compared_cost.terms:
        if is_paid(name):
            amounts[kind_of(name)] = amounts.get(kind_of(name), 0) + amount
    return amounts


def _bars(view: View) -> Markup:
    by_kind = [_kinds(view, number) for number in range(len(view.names))]
    # The largest first everywhere, so that a tint means the same in every bar.
    totals: dict[str, int] = {}
    for kinds in by_kind:
        for kind, amount in kinds.items():
            totals[kind] = totals.get(kind, 0) + amount
    order = sorted(totals, key=lambda kind: (-totals[kind], kind))
    axis = axis_to(max(sum(max(0, amount) for amount in kinds.values()) for kinds in by_kind))
    parts = []
    for number, (name, kinds) in enumerate(zip(view.names, by_kind, strict=True)):
        top = TOP + number * (BAR + GAP)
        parts.append(element("text", _short(name), x=LEFT - 10, y=top + 18, class_="end"))
        left = float(LEFT)
        for tint, kind in enumerate(order):
            width = axis.share(kinds.get(kind, 0)) * (WIDTH - LEFT - RIGHT)
            text = f"{name}: {kind} {_each(view, kinds.get(kind, 0))} per order"
            parts.append(
                element(
                    "rect",
                    element("title", text),
                    x=left,
                    y=top,
                    width=width,
                    height=BAR,
                    class_=f"tint t{tint % TINTS}",
                )
            )
            left += width
        total = _each(view, sum(kinds.values()))
        parts.append(element("text", total, x=left + 8, y=top + 18, class_="strong"))
    height = TOP + len(view.names) * (BAR + GAP)
    keys = [
        element("span", element("span", class_=f"swatch t{tint % TINTS}"), kind, class_="key")
        for tint, kind in enumerate(order)
    ]
    return joined(
        element("p", *keys, class_="legend"),
        element(
            "svg",
            *parts,
            viewBox=f"0 0 {WIDTH} {height}",
            role="img",
            aria_label="Cost per order by kind of term",
            class_="chart",
        ),
    )


def _table(view: View) -> Markup:
    costs_by_name = [dict(each.compared_cost.terms) for each in view.summary.contenders]
    names = sorted({name for each in costs_by_name for name in each})
    paid = [name for name in names if is_paid(name)]
    steering = [name for name in names if not is_paid(name)]
    heads = [
        element("th", swatch(number), name, scope="col") for number, name in enumerate(view.names)
    ]
    rows = [_row(view, name, [each.get(name, 0) for each in costs_by_name]) for name in paid]
    totals = [sum(each.get(name, 0) for name in paid) for each in costs_by_name]
    rows.append(_row(view, "paid in all", totals, "total"))
    rows += [
        _row(view, name, [each.get(name, 0) for each in costs_by_name], "quiet")
        for name in steering
    ]
    note = element(
        "p",
        "Grey terms steer the choice and are paid to nobody: they are not part of the cost above.",
        class_="note",
    )
    table = element(
        "table",
        element("thead", element("tr", element("th", "per order", scope="col"), *heads)),
        element("tbody", *rows),
        class_="plain",
    )
    return joined(element("div", table, class_="wide"), *([note] if steering else []))


def _row(view: View, name: str, amounts: list[int], class_: str = "") -> Markup:
    cells = [element("td", _each(view, amount)) for amount in amounts]
    return element("tr", element("th", name, scope="row"), *cells, class_=class_)


def _each(view: View, amount_minor: int) -> str:
    """Return an amount per order."""
    return amount_text(round(amount_minor / view.summary.compared), view.currency)


def _short(name: str) -> str:
    most = 26
    return name if len(name) <= most else f"{name[: most - 1]}\u2026"

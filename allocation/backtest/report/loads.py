"""What each location has to do under each rule set: dots on a line, and all of it as a table."""

from __future__ import annotations

from typing import Final

from allocation.backtest.report.axis import axis_of_counts
from allocation.backtest.report.markup import Markup, element, joined
from allocation.backtest.report.view import COLOURS, View, legend, swatch

SHOWN: Final = 20
WIDTH, LEFT, RIGHT, ROW, TOP = 1000, 230, 30, 24, 26


def loads(view: View) -> Markup:
    """Return the section: the busiest locations as a chart, all of them folded away."""
    by_rule_set = [each.loads for each in view.summary.contenders]
    busiest = sorted(
        range(len(by_rule_set[0])),
        key=lambda place: (-max(each[place].shipments for each in by_rule_set), place),
    )
    used = [place for place in busiest if any(each[place].shipments for each in by_rule_set)]
    if not used:
        return element("p", "Nothing ships.")
    left_out = len(used) - len(used[:SHOWN])
    idle = len(busiest) - len(used)
    note = f"{idle} of {len(busiest)} locations ship nothing under any of the rule sets."
    if left_out:
        note = f"The {SHOWN} busiest; {left_out} more are in the table. {note}"
    return joined(
        legend(view),
        _chart(view, used[:SHOWN]),
        element("p", note, class_="note"),
        element(
            "details",
            element("summary", f"All {len(used)} locations that ship"),
            element("div", _table(view, used), class_="wide"),
        ),
    )


def _chart(view: View, places: list[int]) -> Markup:
    counts = [[each.loads[place].shipments for each in view.summary.contenders] for place in places]
    axis = axis_of_counts(max(max(each) for each in counts), steps=5)
    width = WIDTH - LEFT - RIGHT
    height = TOP + ROW * len(places) + 8
    parts = []
    for tick in axis.ticks:
        at = LEFT + axis.share(tick) * width
        parts.append(element("line", x1=at, x2=at, y1=TOP - 6, y2=height, class_="grid"))
        parts.append(element("text", f"{tick:,.0f}", x=at, y=TOP - 12, class_="mid"))
    for row, (place, shipments) in enumerate(zip(places, counts, strict=True)):
        middle = TOP + ROW * row + ROW / 2
        name = view.place(view.summary.contenders[0].loads[place].location_id)
        ends = [LEFT + axis.share(count) * width for count in shipments]
        parts.append(element("text", name, x=LEFT - 12, y=middle + 4, class_="end"))
        parts.append(
            element("line", x1=min(ends), x2=max(ends), y1=middle, y2=middle, class_="link")
        )
        parts += [
            element(
                "circle",
                element("title", f"{name}, {rule_set}: {count:,} shipments"),
                cx=at,
                cy=middle,
                r=5.5,
                class_=f"fill ring c{number % COLOURS}",
            )
            for number, (rule_set, count, at) in enumerate(
                zip(view.names, shipments, ends, strict=True)
            )
        ]
    return element(
        "svg",
        *parts,
        viewBox=f"0 0 {WIDTH} {height}",
        role="img",
        aria_label="Shipments per location",
        class_="chart",
    )


def _table(view: View, places: list[int]) -> Markup:
    heads = [
        element("th", swatch(number), name, scope="col", colspan=3)
        for number, name in enumerate(view.names)
    ]
    below = [
        element("th", title, scope="col")
        for _ in view.names
        for title in ("shipments", "units", "busiest day")
    ]
    rows = []
    for place in places:
        cells = []
        for each in view.summary.contenders:
            load = each.loads[place]
            cells += [
                element("td", f"{load.shipments:,}", class_="first"),
                element("td", f"{load.units_e6 / 1e6:,.0f}"),
                element("td", f"{load.busiest_day_shipments:,}"),
            ]
        name = view.place(view.summary.contenders[0].loads[place].location_id)
        rows.append(element("tr", element("th", name, scope="row"), *cells))
    empty = element("th", "", scope="col")
    return element(
        "table",
        element("thead", element("tr", empty, *heads), element("tr", empty, *below)),
        element("tbody", *rows),
        class_="plain",
    )

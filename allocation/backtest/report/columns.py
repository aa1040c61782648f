"""Distributions: one group of columns per class, one column per rule set."""

from __future__ import annotations

from collections.abc import Sequence

from allocation.backtest.report.axis import Axis, axis_to
from allocation.backtest.report.markup import Markup, element, joined
from allocation.backtest.report.view import COLOURS
from allocation.backtest.spread import Spread

WIDTH, HEIGHT = 520, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 4, 10, 46


def column_chart(names: Sequence[str], spreads: Sequence[Spread], below: str) -> Markup:
    """Return a chart of how shares of the whole fall into classes.

    Parameters
    ----------
    names
        Of the rule sets.
    spreads
        One per rule set, all with the same classes; those empty at both ends are left out.
    below
        What the classes are.
    """
    kept = _used(spreads)
    shares = [[count / max(1, each.total) for count in each.counts[kept]] for each in spreads]
    axis = axis_to(max(max(each) for each in shares))
    group = (WIDTH - LEFT - RIGHT) / len(shares[0])
    labels, starts = spreads[0].labels[kept], spreads[0].starts[kept]
    parts = [*_grid(axis)]
    for number, (name, each) in enumerate(zip(names, shares, strict=True)):
        width = group * 0.8 / len(shares)
        for place, share in enumerate(each):
            left = LEFT + group * (place + 0.1) + width * number
            height = axis.share(share) * (HEIGHT - TOP - BOTTOM)
            parts.append(
                element(
                    "rect",
                    element("title", f"{name}, {labels[place]}: {share:.1%}"),
                    x=left,
                    y=HEIGHT - BOTTOM - height,
                    width=max(1.0, width - 1.5),
                    height=height,
                    class_=f"fill c{number % COLOURS}",
                )
            )
    parts += [
        element("text", start, x=LEFT + group * (place + 0.5), y=HEIGHT - BOTTOM + 16, class_="mid")
        for place, start in enumerate(starts)
    ]
    parts.append(
        element(
            "text", below, x=LEFT + (WIDTH - LEFT - RIGHT) / 2, y=HEIGHT - 8, class_="mid quiet"
        )
    )
    return element(
        "svg",
        *parts,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=f"Share by {below}",
        class_="chart",
    )


def _grid(axis: Axis) -> list[Markup]:
    lines = []
    for tick in axis.ticks:
        height = HEIGHT - BOTTOM - axis.share(tick) * (HEIGHT - TOP - BOTTOM)
        lines.append(
            joined(
                element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=height, y2=height, class_="grid"),
                element("text", axis.percent(tick), x=LEFT - 8, y=height + 4, class_="end"),
            )
        )
    return lines


def _used(spreads: Sequence[Spread]) -> slice:
    """Return the classes from the first to the last in which there is anything."""
    used = [number for each in spreads for number, count in enumerate(each.counts) if count]
    return slice(min(used, default=0), max(used, default=0) + 1)

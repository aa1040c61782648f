"""Maps of where shipments go: one per rule set, all on the same paper."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.backtest.report.markup import Markup, element
from allocation.backtest.report.projection import Float64, Projection, fit, frame_of
from allocation.backtest.report.view import COLOURS, View, swatch
from allocation.backtest.summary import ContenderSummary
from routing.geo.coordinates import Coordinates
from routing.geo.postal import load_postal_index
from routing.ids import LocationId

WIDTH: Final = 560.0
MOST_FLOWS: Final = 400
LARGEST_PX: Final = 11.0
NAMED: Final = 6
DOT_PX: Final = 2.2


def flow_maps(view: View) -> Markup:
    """Return the maps; nothing of them comes from elsewhere, so they have no coast or border.

    Behind the flows stand the postal areas of the package, which show where people live.
    """
    places = _places(view)
    ends = [flow.to for each in view.summary.contenders for flow in each.flows]
    if not places or not ends:
        return element("p", "No coordinates are known, so there is no map.")
    projection = _projection(places, ends)
    greatest = max(load.shipments for each in view.summary.contenders for load in each.loads)
    backdrop = _backdrop(projection, _countries(view))
    maps = [
        _map(view, number, each, places, projection, backdrop, greatest)
        for number, each in enumerate(view.summary.contenders)
    ]
    return element("div", *maps, class_="grid2")


def _places(view: View) -> dict[LocationId, Coordinates]:
    return {
        each.id: each.coordinates
        for each in view.result.case.network.locations
        if each.coordinates is not None
    }


def _projection(places: dict[LocationId, Coordinates], ends: list[Coordinates]) -> Projection:
    points = [*places.values(), *ends]
    lat_deg = np.array([each.lat_deg for each in points])
    lng_deg = np.array([each.lng_deg for each in points])
    return fit(frame_of(lat_deg, lng_deg), WIDTH)


def _countries(view: View) -> list[str]:
    """Return where orders go to and come from; none if nobody says."""
    case = view.result.case
    named = {past.order.destination.country for past in case.orders}
    named |= {each.country for each in case.network.locations}
    return sorted(each for each in named if each is not None)


def _backdrop(projection: Projection, countries: list[str]) -> Markup:
    """Return a dot where there is at least one postal code, on a grid as fine as the dots."""
    codes = load_postal_index().codes
    lat_deg, lng_deg = codes.lat_udeg / 1e6, codes.lng_udeg / 1e6
    inside = projection.frame.holds(lat_deg, lng_deg)
    if countries:
        inside &= np.isin(codes.keys.astype("S2"), [each.encode() for each in countries])
    x, y = projection.points(lat_deg[inside], lng_deg[inside])
    cells = np.unique(
        np.stack([np.floor(x / DOT_PX), np.floor(y / DOT_PX)]).astype(np.int64), axis=1
    )
    return element("path", d=_dots(cells), class_="backdrop")


def _dots(cells: NDArray[np.int64]) -> str:
    """Return little squares, runs of neighbours in a row as one."""
    paths = []
    by_row = cells[:, np.lexsort((cells[0], cells[1]))]
    start = 0
    columns, rows = by_row
    for number in range(1, columns.size + 1):
        is_run = number < columns.size and rows[number] == rows[start]
        if is_run and columns[number] == columns[number - 1] + 1:
            continue
        width = (columns[number - 1] - columns[start] + 1) * DOT_PX
        x, y = columns[start] * DOT_PX, rows[start] * DOT_PX
        paths.append(f"M{x:.1f} {y:.1f}h{width:.1f}v{DOT_PX}h-{width:.1f}z")
        start = number
    return "".join(paths)


def _map(
    view: View,
    number: int,
    summary: ContenderSummary,
    places: dict[LocationId, Coordinates],
    projection: Projection,
    backdrop: Markup,
    greatest: int,
) -> Markup:
    parts = [backdrop, *_lines(summary, places, projection)]
    circles, names, outside = _circles(view, number, summary, places, projection, greatest)
    drawing = element(
        "svg",
        *parts,
        *circles,
        *names,
        viewBox=f"0 0 {WIDTH:.0f} {projection.height:.0f}",
        role="img",
        aria_label=f"Where shipments go under {summary.name}",
        class_="chart map",
    )
    shipments = sum(load.shipments for load in summary.loads)
    note = f"{shipments:,} shipments from {sum(bool(load.shipments) for load in summary.loads)}"
    note += f" locations{f', {outside:,} of them beyond the edge' if outside else ''}"
    return element(
        "figure",
        element("figcaption", swatch(number), element("b", summary.name), f" {note}"),
        drawing,
    )


def _lines(
    summary: ContenderSummary, places: dict[LocationId, Coordinates], projection: Projection
) -> list[Markup]:
    shown = [flow for flow in summary.flows if flow.location_id in places][:MOST_FLOWS]
    if not shown:
        return []
    starts = [places[flow.location_id] for flow in shown]
    x1, y1 = _points(projection, starts)
    x2, y2 = _points(projection, [flow.to for flow in shown])
    most = shown[0].shipments
    lines = []
    # The thinnest first, so that the thickest lie on top.
    for number in reversed(range(len(shown))):
        strength = (shown[number].shipments / most) ** 0.5
        lines.append(
            element(
                "path",
                d=_curve(x1[number], y1[number], x2[number], y2[number]),
                stroke_width=0.5 + 2.5 * strength,
                stroke_opacity=0.18 + 0.5 * strength,
                class_="flow",
            )
        )
    return lines


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return a slightly bent line, so that flows there and back do not hide each other."""
    bend = 0.12
    middle_x = (x1 + x2) / 2 + (y2 - y1) * bend
    middle_y = (y1 + y2) / 2 - (x2 - x1) * bend
    return f"M{x1:.1f} {y1:.1f}Q{middle_x:.1f} {middle_y:.1f} {x2:.1f} {y2:.1f}"


def _circles(
    view: View,
    number: int,
    summary: ContenderSummary,
    places: dict[LocationId, Coordinates],
    projection: Projection,
    greatest: int,
) -> tuple[list[Markup], list[Markup], int]:
    circles, names, outside = [], [], 0
    busiest = sorted(summary.loads, key=lambda load: (-load.shipments, load.location_id))
    for rank, load in enumerate(busiest):
        at = places.get(load.location_id)
        if at is None:
            continue
        x, y = (float(each[0]) for each in _points(projection, [at]))
        if not (0 <= x <= WIDTH and 0 <= y <= projection.height):
            outside += load.shipments
            continue
        name = view.place(load.location_id)
        used = load.shipments > 0
        radius = max(1.8, LARGEST_PX * (load.shipments / max(1, greatest)) ** 0.5)
        circles.append(
            element(
                "circle",
                element("title", f"{name}: {load.shipments:,} shipments"),
                cx=x,
                cy=y,
                r=radius,
                class_=f"fill ring c{number % COLOURS}" if used else "idle",
            )
        )
        if used and rank < NAMED:
            names.append(element("text", name, x=x, y=y - radius - 3, class_="mid halo"))
    return circles, names, outside


def _points(projection: Projection, points: list[Coordinates]) -> tuple[Float64, Float64]:
    return projection.points(
        np.array([each.lat_deg for each in points]), np.array([each.lng_deg for each in points])
    )

"""The columns and rows of the landed cost: handling, parcels, price steps, penalties."""

from __future__ import annotations

from bench.contenders.arc_model import ArcModel
from bench.contenders.mip import UNBOUNDED
from bench.contenders.offers import Offer

Loads = dict[int, int]
"""Column to weight of one count of it."""


def add_cost(model: ArcModel) -> None:
    """Add what the landed cost needs, and its objective."""
    problem = model.problem
    for line, column in enumerate(model.left):
        model.cost[column] = int(problem.unfilled_minor[line]) * model.each(line)
    taken: list[dict[int, int]] = [{} for _ in model.ship]
    for (line, number), column in model.take.items():
        taken[number][line] = column
    for number, offer in enumerate(model.offers.offers):
        _add_handling(model, offer, model.ship[number], taken[number])
        if offer.parcels == 1:
            loads = {
                column: int(model.offers.weight[line]) * model.each(line)
                for line, column in taken[number].items()
            }
            _add_steps(model, offer, model.ship[number], loads)
        else:
            _add_parcels(model, offer, model.ship[number], taken[number])
    if problem.extra_shipment_minor:
        further = model.mip.column(max(0, len(model.ship) - 1))
        model.cost[further] = problem.extra_shipment_minor
        model.mip.row([*((ship, 1) for ship in model.ship), (further, -1)], -UNBOUNDED, 1)


def _add_handling(model: ArcModel, offer: Offer, ship: int, taken: dict[int, int]) -> None:
    lanes, lane = model.problem.lanes, offer.lane
    model.cost[ship] = int(lanes.shipment_minor[lane])
    for line, column in taken.items():
        each = model.each(line)
        model.cost[column] = int(lanes.unit_minor[line, lane]) * each
        by_line = int(lanes.line_minor[line, lane])
        upper = model.mip.upper[column]
        if not by_line:
            continue
        if upper == 1:
            model.cost[column] += by_line
            continue
        carried = model.mip.column(1)
        model.cost[carried] = by_line
        model.mip.row([(column, 1), (carried, -upper)], -UNBOUNDED, 0)
        model.mip.row([(carried, 1), (ship, -1)], -UNBOUNDED, 0)


def _add_steps(model: ArcModel, offer: Offer, opened: int, loads: Loads) -> None:
    """Add the steps of one parcel: one of them if it is opened, and it holds the loads."""
    mip, steps = model.mip, offer.steps
    columns = [mip.column(1) for _ in range(steps.price_minor.size)]
    parcel_minor = int(model.problem.lanes.parcel_minor[offer.lane])
    for column, price in zip(columns, steps.price_minor.tolist(), strict=True):
        model.cost[column] = price + parcel_minor
    mip.row([*((column, 1) for column in columns), (opened, -1)], 0, 0)
    most = zip(columns, steps.most.tolist(), strict=True)
    mip.row([*loads.items(), *((column, -weight) for column, weight in most)], -UNBOUNDED, 0)
    if not steps.monotone:
        least = zip(columns, steps.least.tolist(), strict=True)
        mip.row([*loads.items(), *((column, -weight) for column, weight in least)], 0, UNBOUNDED)


def _add_parcels(model: ArcModel, offer: Offer, ship: int, taken: dict[int, int]) -> None:
    """Add parcels, the heaviest first, that together hold what is taken."""
    mip, weight = model.mip, model.offers.weight
    opened = [ship, *(mip.column(1) for _ in range(offer.parcels - 1))]
    held: list[dict[int, int]] = [{} for _ in opened]
    for line, column in taken.items():
        upper = int(offer.most[line])
        for number, parcel in enumerate(opened):
            part = mip.column(upper)
            held[number][part] = int(weight[line])
            if number:
                mip.row([(part, 1), (parcel, -upper)], -UNBOUNDED, 0)
        parts = [(list(each)[-1], 1) for each in held]
        mip.row([*parts, (column, -model.each(line))], 0, 0)
    for number, parcel in enumerate(opened):
        _add_steps(model, offer, parcel, held[number])
        if number:
            mip.row([(parcel, 1), (opened[number - 1], -1)], -UNBOUNDED, 0)
            lighter = [(part, -each) for part, each in held[number].items()]
            mip.row([*held[number - 1].items(), *lighter], 0, UNBOUNDED)

"""Volume commitments: what a shipment costs that leads away from a promised share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from routing.daily_capacity import capacity_item
from routing.network import Network
from routing.sourcing.ruling import Int64, RuleAmount, RuleVolume, Ruling
from routing.sourcing.stock import StockView


def with_volume(ruling: Ruling, network: Network, stock: StockView, lines: int) -> Ruling:
    """Return a ruling with the amounts that its commitments come to, given what was counted.

    Counted is what the stock view has of the period. Before anything was, nobody leads away.

    Parameters
    ----------
    lines
        How many there are.
    """
    if not ruling.volume:
        return ruling
    counters = {each: capacity_item(each.measure, each.last_day) for each in ruling.volume}
    taken = stock.details(sorted(set(counters.values())))
    found = []
    for each, counter in counters.items():
        places = taken.get(counter, {})
        counted = np.array(
            [
                places[location.id].oversold if location.id in places else 0
                for location in network.locations
            ],
            dtype=np.int64,
        )
        amounts = marginal_minor(each, counted)
        if amounts.any():
            every = np.ones(lines, dtype=np.bool_)
            found.append(RuleAmount(each.rule, each.per, every, amounts))
    return replace(ruling, amounts=(*ruling.amounts, *found))


def marginal_minor(rule: RuleVolume, counted: Int64) -> Int64:
    """Return int64 ``[all locations]``: what one more order or unit costs from each.

    Parameters
    ----------
    counted
        int64 ``[all locations]``: of the period so far.
    """
    mine, total = int(counted[rule.where].sum()), int(counted.sum())
    found = np.zeros(counted.size, dtype=np.int64)
    if not total:
        return found
    # With one more from elsewhere the share would be mine / (total + 1).
    if rule.at_least_percent is not None and 100 * mine < rule.at_least_percent * (total + 1):
        found[~rule.where] += rule.price_minor
    if rule.at_most_percent is not None and 100 * (mine + 1) > rule.at_most_percent * (total + 1):
        found[rule.where] += rule.price_minor
    return found

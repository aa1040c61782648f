"""Verdicts: which location may ship which line, before any price is looked at."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from routing.ids import LocationId
from routing.network import Network
from routing.order import Order
from routing.sourcing.policy import Policy
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.room import Room
from routing.sourcing.ruling import NO_RULE, Ruling
from routing.sourcing.verdict import Verdict

Int8 = NDArray[np.int8]
Int64 = NDArray[np.int64]


def location_verdicts(
    order: Order,
    lines: Sequence[ResolvedLine],
    network: Network,
    policy: Policy,
    ruling: Ruling,
    room: Room,
    buildable: Int64,
    stocked: NDArray[np.bool_],
) -> Int8:
    """Return int8 ``[n, l]``: the first reason against each pair, or `Verdict.ELIGIBLE`.

    Parameters
    ----------
    room
        What each location still takes on today.
    buildable
        int64 ``[n, l]``: increments of each line that stock suffices for.
    stocked
        bool ``[n, l]``: the location stocks every item of the line.
    """
    count = len(network.locations)
    common = np.zeros(count, dtype=np.int8)
    _rule_out(common, ~network.facts.open, Verdict.NOT_OPEN)
    _rule_out(common, ~network.facts.serves(order.channel), Verdict.CHANNEL)
    _rule_out(common, _named(network, policy.excluded_location_ids), Verdict.EXCLUDED)
    if policy.allowed_location_ids:
        allowed = _named(network, policy.allowed_location_ids)
        _rule_out(common, ~allowed, Verdict.NOT_ALLOWED)
    full = room.full
    verdicts = np.repeat(common[None, :], len(lines), axis=0)
    for number, line in enumerate(lines):
        row = verdicts[number]
        if line.excluded_location_ids:
            _rule_out(row, _named(network, line.excluded_location_ids), Verdict.EXCLUDED)
        if line.allowed_location_ids:
            _rule_out(row, ~_named(network, line.allowed_location_ids), Verdict.NOT_ALLOWED)
        if ruling.blocked_by is not None:
            _rule_out(row, ruling.blocked_by[number] != NO_RULE, Verdict.RULE)
        _rule_out(row, full, Verdict.CAPACITY)
        _rule_out(row, ~stocked[number], Verdict.NOT_STOCKED)
        _rule_out(row, buildable[number] <= 0, Verdict.OUT_OF_STOCK)
        if not policy.line_split or line.group is not None:
            _rule_out(row, buildable[number] < line.demand, Verdict.SHORT)
    return verdicts


def _rule_out(row: Int8, against: NDArray[np.bool_], verdict: Verdict) -> None:
    row[against & (row == Verdict.ELIGIBLE)] = verdict


def _named(network: Network, ids: Collection[LocationId]) -> NDArray[np.bool_]:
    named = np.zeros(len(network.locations), dtype=np.bool_)
    for each in ids:
        index = network.location_index.get(each)
        if index is not None:
            named[index] = True
    return named

"""Verdicts: which location may ship which line, before any price is looked at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.ids import LocationId
from routing.network import Network
from routing.order import Order
from routing.quick import quick
from routing.sourcing.policy import Policy
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.room import Room
from routing.sourcing.ruling import NO_RULE, Ruling
from routing.sourcing.verdict import Verdict

# As numbers: an enum's members take longer to look up than an array to fill.
_NOT_OPEN, _CHANNEL, _EXCLUDED, _NOT_ALLOWED, _RULE, _CAPACITY = (
    np.int8(each)
    for each in (
        Verdict.NOT_OPEN,
        Verdict.CHANNEL,
        Verdict.EXCLUDED,
        Verdict.NOT_ALLOWED,
        Verdict.RULE,
        Verdict.CAPACITY,
    )
)
_NOT_STOCKED, _OUT_OF_STOCK, _SHORT, _ELIGIBLE = (
    np.int8(each)
    for each in (Verdict.NOT_STOCKED, Verdict.OUT_OF_STOCK, Verdict.SHORT, Verdict.ELIGIBLE)
)

Int8 = NDArray[np.int8]
Int64 = NDArray[np.int64]


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The lines of an order and the locations, with what decides which may ship which.

    Attributes
    ----------
    buildable
        int64 ``[n, l]``: increments of each line that stock suffices for.
    stocked
        bool ``[n, l]``: the location stocks every item of the line.
    """

    order: Order
    lines: Sequence[ResolvedLine]
    network: Network
    policy: Policy
    ruling: Ruling
    buildable: Int64
    stocked: NDArray[np.bool_]


def location_verdicts(among: Candidates, room: Room) -> Int8:
    """Return int8 ``[n, l]``: the first reason against each pair, or `Verdict.ELIGIBLE`.

    Parameters
    ----------
    room
        What each location still takes on, on the day that is asked about.
    """
    lines, network, policy, ruling = among.lines, among.network, among.policy, among.ruling
    # The last reason is written first, so that the first one is what stays.
    least = [
        line.demand if not policy.line_split or line.group is not None else 1 for line in lines
    ]
    verdicts = np.where(
        among.buildable < np.array(least, dtype=np.int64)[:, None],
        np.where(among.buildable <= 0, _OUT_OF_STOCK, _SHORT),
        _ELIGIBLE,
    )
    np.copyto(verdicts, _NOT_STOCKED, where=~among.stocked)
    if room.days:
        np.copyto(verdicts, _CAPACITY, where=room.full)
    if ruling.blocked_by is not None:
        np.copyto(verdicts, _RULE, where=ruling.blocked_by != NO_RULE)
    for number, line in enumerate(lines):
        _name_lists(verdicts[number], network, line)
    _name_lists(verdicts, network, policy)
    channel = among.order.channel
    if not network.facts.serves_all(channel):
        np.copyto(verdicts, _CHANNEL, where=~network.facts.serves(channel))
    if not network.facts.all_open:
        np.copyto(verdicts, _NOT_OPEN, where=~network.facts.open)
    return verdicts


def _name_lists(verdicts: Int8, network: Network, lists: Policy | ResolvedLine) -> None:
    """Rule out, last axis locations, what is named as excluded or not named as allowed."""
    if lists.allowed_location_ids:
        named = _named(network, lists.allowed_location_ids)
        np.copyto(verdicts, _NOT_ALLOWED, where=~named)
    if lists.excluded_location_ids:
        named = _named(network, lists.excluded_location_ids)
        np.copyto(verdicts, _EXCLUDED, where=named)


def _named(network: Network, ids: Collection[LocationId]) -> NDArray[np.bool_]:
    named = np.zeros(len(network.locations), dtype=np.bool_)
    for each in ids:
        index = network.location_index.get(each)
        if index is not None:
            named[index] = True
    return named

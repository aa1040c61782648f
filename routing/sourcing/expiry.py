"""What a line costs by how long its units keep: old stock goes first, wherever it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from routing.promise.promise import NEVER
from routing.sourcing.charges import Charge
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.ruling import Int64, Per, RuleExpiry, Ruling
from routing.sourcing.shares import Shares
from routing.sourcing.usable import PortionColumns, Usable

LONGEST: int = int(np.iinfo(np.int32).max)
"""Days that units without an expiry date keep."""


def expiry_charges(
    ruling: Ruling,
    lines: Sequence[ResolvedLine],
    use: Int64,
    shares: Shares | None,
    lanes: int,
    kept: NDArray[np.intp] | None,
) -> tuple[Charge, ...]:
    """Return what units cost by how long they keep.

    A line pays, per unit, the average over what a lane would pick for all of it. It pays for
    items of which some lot expires; units counted in fractions are free.

    Parameters
    ----------
    use
        int64 ``[n, items]``.
    shares
        Portions and who can use them on which lane; ``None`` where nothing is told apart.
    lanes
        How many there are in all.
    kept
        Which of them the charges are for.
    """
    if not ruling.expiry or shares is None or kept is None:
        return ()
    found = []
    for rule in ruling.expiry:
        for line in np.flatnonzero(rule.lines).tolist():
            if lines[line].scale:
                continue
            minor = np.zeros(lanes, dtype=np.int64)
            for item, usable in _expiring(shares, line):
                each = int(use[line, item])
                wanted = each * lines[line].demand
                minor += each * _average_minor(rule, usable, shares.columns, lanes, wanted)
            if minor.any():
                only = np.zeros(len(lines), dtype=np.int64)
                only[line] = 1
                name = f"rule:{ruling.rules[rule.rule].name}"
                found.append(Charge(name, Per.UNIT, minor[kept], only))
    return tuple(found)


def _expiring(shares: Shares, line: int) -> Iterator[tuple[int, Usable]]:
    """Yield the items of a line of which some portion expires, with what it can use of them."""
    columns = shares.columns
    for needed, usable in zip(shares.classes, shares.usable, strict=True):
        expires = (columns.item == needed.item) & (columns.last_day != NEVER)
        if line in needed.lines and expires.any():
            yield needed.item, usable


def _average_minor(
    rule: RuleExpiry, usable: Usable, columns: PortionColumns, lanes: int, wanted: int
) -> Int64:
    """Return int64 ``[j]``: price of an increment, averaged over the first so many increments.

    Rounded to the nearest minor unit; 0 where there are none.
    """
    rank = np.lexsort((usable.portion, usable.lane))
    portion, lane = usable.portion[rank], usable.lane[rank]
    there = columns.increments[portion]
    before = np.cumsum(there) - there
    opens = np.ones(lane.size, dtype=np.bool_)
    opens[1:] = lane[1:] != lane[:-1]
    before -= np.maximum.accumulate(np.where(opens, before, 0))
    taken = np.clip(wanted - before, 0, there)
    last_day = columns.last_day[portion]
    keeps = np.where(last_day == NEVER, LONGEST, last_day - rule.today)
    total = np.zeros(lanes, dtype=np.int64)
    units = np.zeros(lanes, dtype=np.int64)
    np.add.at(total, lane, taken * _price_minor(rule, keeps))
    np.add.at(units, lane, taken)
    return (2 * total + units) // np.maximum(1, 2 * units)


def _price_minor(rule: RuleExpiry, keeps: Int64) -> Int64:
    """Return the price of increments that keep for so many days."""
    step = np.searchsorted(rule.over_days, keeps, side="left")
    prices: Int64 = np.concatenate(([0], rule.unit_minor))[step]
    return prices

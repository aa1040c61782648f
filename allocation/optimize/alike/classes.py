"""Which lines an optimizer cannot tell apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.problem import Bool, Int64, SourcingProblem

Intp = NDArray[np.intp]


def alike_lines(problem: SourcingProblem) -> tuple[Intp, ...]:
    """Return the lines (intp, ascending) of each class, by first line; one alone is a class.

    Lines of a class want the same of the same items, at the same amounts everywhere, and no
    limit counts how many of them there are. So a plan that swaps two of them is as good.
    Lines that are kept together with others are alone.
    """
    wanted = [row.tobytes() for row in problem.lines.use]
    times = Counter(wanted)
    if len(times) == len(wanted):
        return tuple(np.array([line]) for line in range(len(wanted)))
    key_of = _key_of(problem)
    classes: dict[Any, list[int]] = {}
    for line, mergeable in enumerate(_mergeable(problem).tolist()):
        has_peers = mergeable and times[wanted[line]] > 1
        classes.setdefault(key_of(line) if has_peers else line, []).append(line)
    return tuple(np.array(lines) for lines in classes.values())


def is_whole(problem: SourcingProblem) -> Bool:
    """Return bool ``[n]``: lines of which all increments leave together, or none."""
    lines = problem.lines
    if not problem.limits.line_split:
        return np.ones(len(lines), dtype=np.bool_)
    return np.asarray((lines.demand == 1) | (lines.group >= 0))


def _mergeable(problem: SourcingProblem) -> Bool:
    """Return bool ``[n]``: lines that are as good as units of one line.

    A line that is divided costs its amounts per line at each of its locations, which units of
    a larger one would pay once.
    """
    lines, limits = problem.lines, problem.limits
    demand = int(lines.demand.sum())
    counts_lines = bool((limits.location_lines < len(lines)).any())
    counts_units = bool((limits.location_units < demand).any()) or limits.min_shipment_units > 1
    whole = is_whole(problem)
    # A whole line of several increments becomes one increment, also in the counts of limits.
    if counts_lines or (counts_units and bool((whole & (lines.demand > 1)).any())):
        return np.zeros(len(lines), dtype=np.bool_)
    free = ~((problem.lanes.line_minor != 0) & problem.lanes.eligible).any(axis=1)
    mergeable: Bool = (lines.group < 0) & (whole | free)
    return mergeable


def _key_of(problem: SourcingProblem) -> Callable[[int], tuple[Any, ...]]:
    """Return what tells apart lines that matter to an optimizer."""
    lines, lanes, rows = problem.lines, problem.lanes, list(_rows(problem))
    pieces_of: dict[int, list[tuple[Any, ...]]] = {}
    for piece, line in enumerate(problem.pieces.line.tolist()):
        pieces_of.setdefault(line, []).append(_piece(problem, piece))

    def key(line: int) -> tuple[Any, ...]:
        eligible = lanes.eligible[line]
        return (
            lines.use[line].tobytes(),
            eligible.tobytes(),
            # Where a line cannot ship, its amounts mean nothing.
            *(np.where(eligible, row[line], 0).tobytes() for row in rows),
            *(amount[line].item() for amount in _amounts(problem)),
            tuple(pieces_of.get(line, ())),
        )

    return key


def _rows(problem: SourcingProblem) -> Iterator[Int64]:
    """Yield what is known of each line on each lane (``[n, j]``)."""
    yield problem.lanes.line_minor
    yield problem.lanes.unit_minor
    for tier in problem.tiers:
        if tier.unit is not None:
            yield tier.unit


def _amounts(problem: SourcingProblem) -> Iterator[Int64]:
    """Yield what is known of each line (``[n]``)."""
    yield problem.lines.demand
    yield problem.lines.value_minor
    yield problem.unfilled_minor
    for tier in problem.tiers:
        if tier.unfilled is not None:
            yield tier.unfilled


def _piece(problem: SourcingProblem, piece: int) -> tuple[Any, ...]:
    pieces = problem.pieces
    solid = None if pieces.boxing is None else pieces.boxing.solids[piece]
    known = (pieces.per_increment, pieces.weight_ug, pieces.volume_nl, pieces.alone, pieces.item)
    return (*(array[piece].item() for array in known), solid)

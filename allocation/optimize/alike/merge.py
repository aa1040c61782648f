"""The problem in which lines that are alike are one line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.alike.apart import Merged
from allocation.optimize.alike.classes import alike_lines, is_whole
from routing.sourcing.problem import Int64, Pieces, SourcingProblem
from routing.sourcing.tier import Tier

Intp = NDArray[np.intp]


def merge_alike(problem: SourcingProblem) -> Merged | None:
    """Return a problem of as many lines as there are classes; ``None`` if none are alike.

    Every plan of either is one of the other with the same values. A line that stays whole is
    one increment there, and what it costs per line is part of what this costs; so lines can be
    divided there, and whole ones are not.

    Parameters
    ----------
    problem
        Without choices. Its `Supply`, if any, is not looked at.
    """
    classes = alike_lines(problem)
    if len(classes) == len(problem.lines):
        return None
    first = np.array([lines[0] for lines in classes], dtype=np.intp)
    number = np.array([lines.size for lines in classes], dtype=np.int64)
    # Lines that leave with others are whole anyway, in the increments that they have.
    joined = is_whole(problem) & (problem.lines.group < 0)
    size = np.where(joined, problem.lines.demand, 1)
    return Merged(_problem(problem, first, number, size, joined), problem, classes, size)


def _problem(
    problem: SourcingProblem,
    first: Intp,
    number: Int64,
    size: Int64,
    joined: NDArray[np.bool_],
) -> SourcingProblem:
    """Return the problem of the first line of each class, wanted `number` times.

    Parameters
    ----------
    size, joined
        ``[n]``: increments that become one, and whether these are all of the line.
    """
    own, lanes = problem.lines, problem.lanes
    of_one = size[first]
    per_line = lanes.line_minor[first]
    is_one = joined[first][:, None]
    return replace(
        problem,
        lines=replace(
            own,
            ids=tuple(own.ids[line] for line in first.tolist()),
            demand=own.demand[first] // of_one * number,
            use=own.use[first] * of_one[:, None],
            group=own.group[first],
            value_minor=own.value_minor[first] * of_one,
        ),
        pieces=_pieces(problem.pieces, first, size, len(own)),
        lanes=replace(
            lanes,
            line_minor=np.where(is_one, 0, per_line),
            unit_minor=lanes.unit_minor[first] * of_one[:, None] + np.where(is_one, per_line, 0),
            eligible=lanes.eligible[first],
        ),
        limits=replace(problem.limits, line_split=True),
        unfilled_minor=problem.unfilled_minor[first] * of_one,
        tiers=tuple(_tier(tier, first, of_one) for tier in problem.tiers),
        supply=None,
        usual=None,
    )


def _pieces(pieces: Pieces, first: Intp, size: Int64, n_lines: int) -> Pieces:
    """Return the same pieces; those of further lines of a class occur zero times in another."""
    place = np.full(n_lines, -1, dtype=np.intp)
    place[first] = np.arange(first.size)
    line = place[pieces.line]
    return replace(
        pieces,
        line=np.maximum(line, 0).astype(np.int32),
        per_increment=np.where(line >= 0, pieces.per_increment * size[pieces.line], 0),
    )


def _tier(tier: Tier, first: Intp, of_one: Int64) -> Tier:
    return replace(
        tier,
        unit=None if tier.unit is None else tier.unit[first] * of_one[:, None],
        unfilled=None if tier.unfilled is None else tier.unfilled[first] * of_one,
    )

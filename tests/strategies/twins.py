"""Problems in which some lines are ordered more than once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from routing.ids import LineId
from routing.parcels.boxing import make_boxing
from routing.sourcing.problem import Pieces, SourcingProblem
from tests.strategies.draws import Draws, SeededDraws, chance
from tests.strategies.packaged_problems import draw_packaged_problem
from tests.strategies.problems import draw_problem

MOST_LINES = 4


def random_twins(seed: int) -> SourcingProblem:
    """Return the problem of a seed: the same one every time."""
    draws = SeededDraws(seed)
    return _with_twins(draws, draw_problem(draws))


def random_packaged_twins(seed: int) -> SourcingProblem:
    """Return the problem of a seed, whose parcels come in packagings."""
    draws = SeededDraws(seed)
    return _with_twins(draws, draw_packaged_problem(draws))


def _with_twins(draws: Draws, problem: SourcingProblem) -> SourcingProblem:
    """Return a problem with some of the lines that are not in groups, some of them repeated."""
    free = np.flatnonzero(problem.lines.group < 0).tolist()
    kept = free[: draws.integer(1, 2)] if free else []
    again = [draws.integer(0, len(kept) - 1) for _ in range(draws.integer(1, 3))] if kept else []
    joined = np.flatnonzero(problem.lines.group >= 0).tolist()
    # Few lines, so that all assignments can be enumerated; twins need not stand together.
    chosen = [*joined[:2], *kept, *(kept[number] for number in again)][:MOST_LINES]
    return repeated(problem, chosen[::-1] if chance(draws, 50) else chosen)


def repeated(problem: SourcingProblem, chosen: Sequence[int]) -> SourcingProblem:
    """Return the problem of these lines, in this order; a line may occur several times."""
    lines, lanes = problem.lines, problem.lanes
    index = np.array(chosen, dtype=np.intp)
    return replace(
        problem,
        lines=replace(
            lines,
            ids=tuple(LineId(f"line-{number}") for number in range(len(chosen))),
            demand=lines.demand[index],
            use=lines.use[index],
            group=lines.group[index],
            value_minor=lines.value_minor[index],
        ),
        pieces=_pieces(problem.pieces, chosen),
        lanes=replace(
            lanes,
            line_minor=lanes.line_minor[index],
            unit_minor=lanes.unit_minor[index],
            eligible=lanes.eligible[index],
        ),
        unfilled_minor=problem.unfilled_minor[index],
        tiers=tuple(
            replace(
                tier,
                unit=None if tier.unit is None else tier.unit[index],
                unfilled=None if tier.unfilled is None else tier.unfilled[index],
            )
            for tier in problem.tiers
        ),
    )


def _pieces(pieces: Pieces, chosen: Sequence[int]) -> Pieces:
    pairs = [
        (place, piece)
        for place, line in enumerate(chosen)
        for piece in np.flatnonzero(pieces.line == line).tolist()
    ]
    index = np.array([piece for _, piece in pairs], dtype=np.intp)
    boxing = pieces.boxing
    if boxing is not None:
        boxing = make_boxing([boxing.solids[piece] for _, piece in pairs], boxing.cartons)
    return Pieces(
        line=np.array([place for place, _ in pairs], dtype=np.int32),
        per_increment=pieces.per_increment[index],
        weight_ug=pieces.weight_ug[index],
        volume_nl=pieces.volume_nl[index],
        alone=pieces.alone[index],
        item=pieces.item[index],
        boxing=boxing,
    )

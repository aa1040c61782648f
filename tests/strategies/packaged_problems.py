"""Small nasty sourcing problems whose parcels come in packagings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from routing.parcels.boxing import make_boxing
from routing.rating.tariff import Tariff
from routing.sourcing.problem import SourcingProblem
from tests.strategies.draws import Draws, SeededDraws, pick
from tests.strategies.packagings import MG, draw_cartons, draw_packed, draw_solids
from tests.strategies.problems import draw_problem


def random_packaged_problem(seed: int) -> SourcingProblem:
    """Return the problem of a seed: the same one every time."""
    return draw_packaged_problem(SeededDraws(seed))


def draw_packaged_problem(draws: Draws) -> SourcingProblem:
    """Return a drawn problem whose pieces have sizes and whose tariffs have packagings."""
    problem = draw_problem(draws)
    pieces = problem.pieces
    solids = draw_solids(draws, pieces.line.size)
    cartons = draw_cartons(draws)
    weight_ug = pieces.weight_ug * MG
    volume_nl = np.array([-(-solid.volume_um3 // 10**6) for solid in solids], dtype=np.int64)
    counts = problem.lines.demand[pieces.line] * pieces.per_increment
    total = int(counts @ weight_ug), int(counts @ volume_nl)
    tariffs: list[Tariff] = []
    while len(tariffs) < len(problem.lanes.tariffs):
        packed = draw_packed(draws, solids, cartons, total)
        if packed is not None:
            tariffs.append(packed.tariff)
        elif cartons:
            cartons = cartons[1:]
            tariffs = []
    parcel_minor = np.array(
        [pick(draws, (0, 0, 30, 120)) for _ in range(len(problem.lanes))], dtype=np.int64
    )
    return replace(
        problem,
        pieces=replace(
            pieces,
            weight_ug=weight_ug,
            volume_nl=volume_nl,
            boxing=make_boxing(solids, cartons),
        ),
        lanes=replace(problem.lanes, tariffs=tuple(tariffs), parcel_minor=parcel_minor),
    )

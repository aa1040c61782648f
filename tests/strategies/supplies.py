"""Problems in which slots and lines share stock portion by portion.

Made from the plain small problems: some of their locations become slots of one place, and
what they had becomes portions that only some lines and slots may use.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from routing.sourcing.problem import SourcingProblem
from routing.sourcing.supply import NO_CEILING, SharedLines, Supply
from tests.strategies.draws import Draws, HypothesisDraws, SeededDraws, chance, pick
from tests.strategies.problems import draw_problem


def random_shared_problem(seed: int) -> SourcingProblem:
    """Return the problem of a seed: the same one every time."""
    return draw_shared_problem(SeededDraws(seed))


@st.composite
def shared_problems(draw: st.DrawFn) -> SourcingProblem:
    """Draw problems that hypothesis can shrink."""
    return draw_shared_problem(HypothesisDraws(draw))


def draw_shared_problem(draws: Draws) -> SourcingProblem:
    """Return a problem with supply made of the choices that `draws` gives."""
    problem = draw_problem(draws)
    places = _places(draws, problem.n_locations)
    drafts = _Drafts(problem)
    for resource in range(len(problem.item_ids)):
        _draw_resource(draws, drafts, resource, places)
    shared = _shared_lines(draws, places, len(problem.lines))
    supply = drafts.supply(shared)
    return replace(problem, supply=supply, available=drafts.available())


def _places(draws: Draws, slots: int) -> list[list[int]]:
    """Divide the slots into places of one, two or three."""
    places: list[list[int]] = []
    left = list(range(slots))
    while left:
        size = min(len(left), pick(draws, (2, 1, 2, 3)))
        places.append(left[:size])
        left = left[size:]
    return places


@dataclass(slots=True)
class _Drafts:
    problem: SourcingProblem
    resource: list[int] = field(default_factory=list)
    quantity: list[int] = field(default_factory=list)
    ceiling: list[int] = field(default_factory=list)
    most: list[int] = field(default_factory=list)
    pairs: set[tuple[int, int, int]] = field(default_factory=set)

    def add(self, resource: int, quantity: int, ceiling: int) -> int:
        self.resource.append(resource)
        self.quantity.append(quantity)
        self.ceiling.append(ceiling)
        return len(self.quantity) - 1

    def available(self) -> NDArray[np.int64]:
        """Return what each slot could take of each item if it were alone."""
        available = np.zeros(self.problem.available.shape, dtype=np.int64)
        for portion, slot in {(portion, slot) for _, slot, portion in self.pairs}:
            available[self.resource[portion], slot] += self.quantity[portion]
        return available

    def supply(self, shared: tuple[SharedLines, ...]) -> Supply:
        pairs = np.array(sorted(self.pairs), dtype=np.int32).reshape(-1, 3)
        return Supply(
            use=self.problem.lines.use,
            resource=np.array(self.resource, dtype=np.int32),
            quantity=np.array(self.quantity, dtype=np.int64),
            ceiling=np.array(self.ceiling, dtype=np.int32),
            ceiling_most=np.array(self.most, dtype=np.int64),
            pair_portion=pairs[:, 2].copy(),
            pair_line=pairs[:, 0].copy(),
            pair_slot=pairs[:, 1].copy(),
            shared_lines=shared,
        )


def _draw_resource(draws: Draws, drafts: _Drafts, resource: int, places: list[list[int]]) -> None:
    use = drafts.problem.lines.use[:, resource]
    lines = np.flatnonzero(use).tolist()
    wanted = int(use @ drafts.problem.lines.demand)
    ceiling = NO_CEILING
    if chance(draws, 30):
        ceiling = len(drafts.most)
        drafts.most.append(draws.integer(0, wanted + 1))
    for place in places:
        for _ in range(draws.integer(1, 3)):
            quantity = pick(draws, (draws.integer(0, wanted), draws.integer(0, 2), wanted))
            counted = ceiling != NO_CEILING and chance(draws, 60)
            portion = drafts.add(resource, quantity, ceiling if counted else NO_CEILING)
            slots = [slot for slot in place if not chance(draws, 25)]
            takers = [line for line in lines if not chance(draws, 20)]
            drafts.pairs |= {(line, slot, portion) for line in takers for slot in slots}


def _shared_lines(draws: Draws, places: list[list[int]], n_lines: int) -> tuple[SharedLines, ...]:
    if not chance(draws, 20):
        return ()
    return tuple(
        SharedLines(tuple(place), draws.integer(1, n_lines)) for place in places if len(place) > 1
    )

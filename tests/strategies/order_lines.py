"""Order lines for small problems: plain ones, kits, groups, items wanted twice."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, prod

from tests.strategies.draws import Draws, chance, pick, some

MOST_ASSIGNMENTS = 2_000
"""About as many ways to spread the increments over the locations are enumerated per problem."""

MOST_PARCEL_CONTENTS = 200
"""About as many sub-multisets of the pieces are priced per tariff."""


@dataclass(frozen=True, slots=True)
class PieceDraft:
    """A piece type of one line; see `routing.sourcing.problem.Pieces`."""

    per_increment: int
    weight_ug: int
    volume_nl: int
    alone: bool
    item: int


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line; `use` maps an item to the increments that one line increment takes."""

    demand: int
    use: dict[int, int]
    pieces: tuple[PieceDraft, ...]
    group: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class _Item:
    weight_ug: int
    volume_nl: int
    alone: bool


@dataclass(slots=True)
class _Room:
    """How much may still be enumerated while every line to come has one increment."""

    assignments: int
    contents: int

    def most_demand(self, wanted: int, pieces: tuple[PieceDraft, ...], spread: int) -> int:
        """Return the greatest demand up to `wanted` that there is room for; 0 if none."""
        for demand in range(wanted, 0, -1):
            ways = comb(demand + spread, spread) if spread else 1
            if ways <= self.assignments and _contents(demand, pieces) <= self.contents:
                return demand
        return 0


def draw_lines(
    draws: Draws, n_lines: int, n_items: int, n_locations: int, *, line_split: bool
) -> list[LineDraft]:
    """Return lines whose assignments and parcels can be enumerated."""
    items = [_draw_item(draws) for _ in range(n_items)]
    groups = _draw_groups(draws, n_lines)
    drafts: list[LineDraft] = []
    spread = n_locations if line_split else 0
    room = _Room(MOST_ASSIGNMENTS, MOST_PARCEL_CONTENTS)
    for line in range(n_lines):
        use = _draw_use(draws, n_items)
        to_come = n_lines - line - 1
        here = _Room(room.assignments // (n_locations + 1) ** to_come, room.contents // 2**to_come)
        wanted = pick(draws, (1, 2, 3, 4, 4))
        pieces = _in_parts(use, items) if chance(draws, 60) else (_whole(use, items),)
        demand = here.most_demand(wanted, pieces, spread)
        if demand == 0:
            pieces = (_whole(use, items),)
            demand = max(1, here.most_demand(wanted, pieces, spread))
        room.assignments //= comb(demand + spread, spread) if spread else n_locations + 1
        room.contents //= _contents(demand, pieces)
        value = 100 * draws.integer(0, 8)
        drafts.append(LineDraft(demand, use, pieces, groups[line], value))
    return drafts


def _contents(demand: int, pieces: tuple[PieceDraft, ...]) -> int:
    return prod(demand * piece.per_increment + 1 for piece in pieces)


def _draw_item(draws: Draws) -> _Item:
    weight = 0 if chance(draws, 6) else draws.integer(1, 7)
    volume = pick(draws, (0, draws.integer(1, 16)))
    return _Item(weight, volume, chance(draws, 12))


def _draw_use(draws: Draws, n_items: int) -> dict[int, int]:
    taken = min(n_items, pick(draws, (1, 1, 1, 2, 3)))
    return {item: 2 if chance(draws, 15) else 1 for item in some(draws, n_items, max(1, taken))}


def _draw_groups(draws: Draws, n_lines: int) -> list[int]:
    if not chance(draws, 30):
        return [-1] * n_lines
    return [pick(draws, (-1, 0, 0, 1, -1)) for _ in range(n_lines)]


def _in_parts(use: dict[int, int], items: list[_Item]) -> tuple[PieceDraft, ...]:
    return tuple(
        PieceDraft(number, items[item].weight_ug, items[item].volume_nl, items[item].alone, item)
        for item, number in use.items()
    )


def _whole(use: dict[int, int], items: list[_Item]) -> PieceDraft:
    return PieceDraft(
        1,
        sum(number * items[item].weight_ug for item, number in use.items()),
        sum(number * items[item].volume_nl for item, number in use.items()),
        any(items[item].alone for item in use),
        -1,
    )

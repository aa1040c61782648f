"""Small but nasty sourcing problems: seeded, or drawn by hypothesis.

They stay so small that every assignment can be enumerated, and inside these sizes
everything that the problem allows occurs often: see `tests.strategies.features`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from routing.ids import ItemId, LineId, LocationId
from routing.sourcing.problem import NO_LIMIT, Lanes, Limits, Lines, Pieces, SourcingProblem
from tests.strategies.draws import Draws, HypothesisDraws, SeededDraws, chance, pick
from tests.strategies.order_lines import LineDraft, draw_lines
from tests.strategies.tariffs import draw_tariff
from tests.strategies.tiers import draw_tiers


def random_problem(seed: int) -> SourcingProblem:
    """Return the problem of a seed: the same one every time."""
    return draw_problem(SeededDraws(seed))


@st.composite
def problems(draw: st.DrawFn) -> SourcingProblem:
    """Draw problems that hypothesis can shrink."""
    return draw_problem(HypothesisDraws(draw))


def draw_problem(draws: Draws) -> SourcingProblem:
    """Return a problem made of the choices that `draws` gives."""
    n_lines, n_locations = draws.integer(1, 5), pick(draws, (1, 2, 3, 4, 2, 3, 4))
    n_items = draws.integer(1, n_lines + 1)
    line_split = not chance(draws, 38)
    lines = draw_lines(draws, n_lines, n_items, n_locations, line_split=line_split)
    lanes = _lanes(draws, n_lines, n_locations)
    return SourcingProblem(
        lines=_lines(lines, n_items),
        pieces=_pieces(lines),
        lanes=lanes,
        limits=_limits(draws, n_lines, n_locations, line_split=line_split),
        item_ids=tuple(ItemId(f"item-{item}") for item in range(n_items)),
        location_ids=tuple(LocationId(f"location-{rank}") for rank in range(n_locations)),
        available=_available(draws, lines, n_items, n_locations),
        extra_shipment_minor=pick(draws, (0, 0, 0, 150, 700)),
        unfilled_minor=_unfilled_minor(draws, n_lines),
        tiers=draw_tiers(draws, n_lines, lanes),
    )


def _lines(drafts: list[LineDraft], n_items: int) -> Lines:
    use = np.zeros((len(drafts), n_items), dtype=np.int64)
    for line, draft in enumerate(drafts):
        for item, number in draft.use.items():
            use[line, item] = number
    return Lines(
        ids=tuple(LineId(f"line-{line}") for line in range(len(drafts))),
        demand=np.array([draft.demand for draft in drafts], dtype=np.int64),
        use=use,
        group=np.array([draft.group for draft in drafts], dtype=np.int32),
        value_minor=np.array([draft.value_minor for draft in drafts], dtype=np.int64),
    )


def _pieces(drafts: list[LineDraft]) -> Pieces:
    rows = [(line, piece) for line, draft in enumerate(drafts) for piece in draft.pieces]
    return Pieces(
        line=np.array([line for line, _ in rows], dtype=np.int32),
        per_increment=np.array([piece.per_increment for _, piece in rows], dtype=np.int64),
        weight_ug=np.array([piece.weight_ug for _, piece in rows], dtype=np.int64),
        volume_nl=np.array([piece.volume_nl for _, piece in rows], dtype=np.int64),
        alone=np.array([piece.alone for _, piece in rows], dtype=np.bool_),
        item=np.array([piece.item for _, piece in rows], dtype=np.int32),
    )


@dataclass(frozen=True, slots=True)
class _Handling:
    """Whether lanes differ in what a line and an increment cost, and in which direction."""

    per_line: bool
    per_unit: bool
    credits: bool


def _lanes(draws: Draws, n_lines: int, n_locations: int) -> Lanes:
    location = [at for at in range(n_locations) for _ in range(draws.integer(1, 2))]
    n_lanes = len(location)
    tariffs = tuple(draw_tariff(draws) for _ in range(draws.integer(1, min(3, n_lanes))))
    kind = _Handling(chance(draws, 40), chance(draws, 50), chance(draws, 20))
    refusing = chance(draws, 40)
    table = [(line, lane) for line in range(n_lines) for lane in range(n_lanes)]
    line_minor = np.zeros((n_lines, n_lanes), dtype=np.int64)
    unit_minor = np.zeros((n_lines, n_lanes), dtype=np.int64)
    eligible = np.ones((n_lines, n_lanes), dtype=np.bool_)
    for pair in table:
        line_minor[pair] = 20 * draws.integer(0, 10) if kind.per_line else 0
        unit_minor[pair] = _unit_minor(draws, kind)
        eligible[pair] = not (refusing and chance(draws, 22))
    return Lanes(
        location=np.array(location, dtype=np.int32),
        tariff=_int32(draws, n_lanes, 0, len(tariffs) - 1),
        tariffs=tariffs,
        shipment_minor=np.array(
            [_shipment_minor(draws, kind) for _ in range(n_lanes)], dtype=np.int64
        ),
        parcel_minor=np.array(
            [pick(draws, (0, 0, 30, 120)) for _ in range(n_lanes)], dtype=np.int64
        ),
        line_minor=line_minor,
        unit_minor=unit_minor,
        eligible=eligible,
        delivery_day=_int32(draws, n_lanes, 739_000, 739_006),
        distance_m=_int32(draws, n_lanes, 1, 9).astype(np.int64) * 100_000,
    )


def _unit_minor(draws: Draws, kind: _Handling) -> int:
    if not kind.per_unit:
        return 0
    return 10 * draws.integer(0, 25) - (200 if kind.credits and chance(draws, 40) else 0)


def _shipment_minor(draws: Draws, kind: _Handling) -> int:
    amount = pick(draws, (0, 100, 250, 613))
    return amount - (500 if kind.credits and chance(draws, 40) else 0)


def _int32(
    draws: Draws, size: int, low: int, high: int
) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array([draws.integer(low, high) for _ in range(size)], dtype=np.int32)


def _limits(draws: Draws, n_lines: int, n_locations: int, *, line_split: bool) -> Limits:
    few_lines, few_units = chance(draws, 14), chance(draws, 14)
    return Limits(
        line_split=line_split,
        max_shipments=pick(draws, (NO_LIMIT, 3, 2, 1, NO_LIMIT, NO_LIMIT)),
        ship_complete=chance(draws, 9),
        min_shipment_minor=100 * draws.integer(1, 12) if chance(draws, 12) else 0,
        min_shipment_units=draws.integer(2, 3) if chance(draws, 12) else 0,
        location_lines=_capacity(draws, n_locations, n_lines, limited=few_lines),
        location_units=_capacity(draws, n_locations, 2 * n_lines, limited=few_units),
    )


def _capacity(
    draws: Draws, n_locations: int, most: int, *, limited: bool
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    amounts = [
        draws.integer(0, most) if limited and chance(draws, 60) else NO_LIMIT
        for _ in range(n_locations)
    ]
    return np.array(amounts, dtype=np.int64)


def _available(
    draws: Draws, drafts: list[LineDraft], n_items: int, n_locations: int
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    wanted = [sum(d.use.get(item, 0) * d.demand for d in drafts) for item in range(n_items)]
    regime = pick(draws, (_plenty, _dealt_out, _scarce, _dealt_out))
    rows = [regime(draws, amount, n_locations) for amount in wanted]
    return np.array(rows, dtype=np.int64)


def _plenty(_draws: Draws, wanted: int, n_locations: int) -> list[int]:
    return [wanted + 1] * n_locations


def _scarce(draws: Draws, wanted: int, n_locations: int) -> list[int]:
    return [
        draws.integer(0, wanted) if chance(draws, 70) else wanted + 1 for _ in range(n_locations)
    ]


def _dealt_out(draws: Draws, wanted: int, n_locations: int) -> list[int]:
    """Mostly enough in all, but little of it at any one location."""
    stock = [0] * n_locations
    for _ in range(wanted + draws.integer(-1, 3)):
        stock[draws.integer(0, n_locations - 1)] += 1
    return stock


def _unfilled_minor(draws: Draws, n_lines: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    dear = chance(draws, 85)
    return np.array(
        [100 * draws.integer(1, 40) if dear else 0 for _ in range(n_lines)], dtype=np.int64
    )

"""Stock that is kept as rows says the same as when it is asked for as a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allocation.engine import Engine
from bench.plain import draw_requests
from routing.sourcing.build import build_sourcing
from routing.sourcing.stock import StockDetails, StockView
from routing.sourcing.stock_row import StockRow, kept_rows


@dataclass(frozen=True, slots=True)
class Matrices:
    """A view that keeps no rows."""

    base: StockView

    @property
    def version(self) -> int:
        return self.base.version

    def matrix(self, item_ids: Sequence[Any], location_ids: Sequence[Any]) -> Any:
        return self.base.matrix(item_ids, location_ids)

    def details(self, item_ids: Sequence[Any]) -> StockDetails:
        return self.base.details(item_ids)


def test_plans_are_the_same_with_rows_and_with_a_matrix():
    engine = Engine(lambda: 0.0)
    for request in draw_requests(20, 60, seed=3):
        other = replace(request, stock=Matrices(request.stock))
        ids = [line.item_id for line in request.order.lines if line.item_id is not None]
        assert kept_rows(request.stock, ids, request.network.facts.ids) is not None
        assert kept_rows(other.stock, ids, request.network.facts.ids) is None
        assert engine.plan(request).plan == engine.plan(other).plan


def test_problems_are_the_same_with_rows_and_with_a_matrix():
    for request in draw_requests(20, 30, seed=4):
        one, two = (
            build_sourcing(request.order, request.network, stock, request.policy)
            for stock in (request.stock, Matrices(request.stock))
        )
        assert one.problem.usual is not None
        assert two.problem.usual is not None
        assert np.array_equal(one.problem.available, two.problem.available)
        assert np.array_equal(one.problem.lanes.eligible, two.problem.lanes.eligible)
        assert np.array_equal(one.verdicts, two.verdicts)
        for mine, other in zip(one.problem.usual.enough, two.problem.usual.enough, strict=True):
            assert (mine.places, mine.flags) == (other.places, other.flags)


def test_a_row_says_where_there_is_enough():
    row = StockRow(np.array([0, 3, 1, 2]), np.array([True, True, True, True]))
    enough = row.enough(2)
    assert enough.places == [1, 3]
    assert list(enough.flags) == [0, 1, 0, 1]
    assert row.enough(2) is enough
    slot = np.array([0, 1, 1, 2, 3], dtype=np.int32)
    assert enough.lanes(slot).tolist() == [False, True, True, False, True]
    assert enough.lanes(slot) is enough.lanes(slot)
    assert enough.lanes(slot[::-1]).tolist() == [True, False, True, True, False]
    assert [row.enough(units).places for units in (1, 3, 4, 5, 6)] == [[1, 2, 3], [1], [], [], []]

"""Instances can be drawn again, and are what their family says."""

from __future__ import annotations

import numpy as np
import pytest

from bench.contenders.scope import check_scope, shares_items
from bench.instances.draw import draw_instance
from bench.instances.families import CELLS, Cell, Demand, cell_named
from bench.instances.places import places
from routing.location import LocationKind

SMALL = [cell for cell in CELLS if cell.locations <= 100]


@pytest.mark.parametrize("cell", SMALL, ids=lambda cell: cell.name)
def test_the_same_seed_gives_the_same_instance_and_another_one_another(cell: Cell) -> None:
    one, same, other = (draw_instance(cell, seed, 0).problem for seed in (7, 7, 8))
    assert (one.available == same.available).all()
    assert (one.pieces.weight_ug == same.pieces.weight_ug).all()
    assert (one.lanes.tariff == same.lanes.tariff).all()
    assert not np.array_equal(one.pieces.weight_ug, other.pieces.weight_ug)


@pytest.mark.parametrize("cell", SMALL, ids=lambda cell: cell.name)
def test_instances_have_the_size_of_their_cell_and_suit_the_generic_models(cell: Cell) -> None:
    for index in range(3):
        problem = draw_instance(cell, 7, index).problem
        if cell.peers[0]:
            check_scope(problem)
        assert len(problem.lines) == cell.lines
        assert 0 < problem.n_locations <= cell.locations
        assert problem.limits.line_split == (cell.demand is Demand.SPLIT)
        assert shares_items(problem) == (cell.demand is Demand.SHARED)


def test_what_makes_orders_harder_is_in_the_problem() -> None:
    heavy, free, tight = (
        draw_instance(cell_named(name), 7, 0).problem
        for name in ("bulky_20x100", "priced_20x100", "capacity_20x100")
    )
    usual = draw_instance(cell_named("large_20x200"), 7, 0).problem
    assert heavy.pieces.weight_ug.mean() > 4 * usual.pieces.weight_ug.mean()
    assert (free.unfilled_minor > 0).all()
    assert not (usual.unfilled_minor > 0).any()
    assert (tight.limits.location_units < tight.lines.demand.sum()).all()


def test_names_of_cells_are_unique_and_unknown_ones_are_refused() -> None:
    assert [cell_named(cell.name) for cell in CELLS] == list(CELLS)
    with pytest.raises(ValueError, match="typical_3x100"):
        cell_named("typical_3x99")


def test_handling_costs_more_in_a_store_than_in_a_fulfillment_centre() -> None:
    costs = {
        kind: {each.handling for each in places(10).locations if each.kind is kind}
        for kind in LocationKind
    }
    centre = next(iter(costs[LocationKind.FULFILLMENT_CENTER]))
    assert all(store.per_unit_minor > centre.per_unit_minor for store in costs[LocationKind.STORE])

"""What each objective adds up, on lanes written out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.promise.promise import NEVER
from routing.sourcing.objectives import LATEST_DAYS, OBJECTIVES, Offered, distance_km, unfilled

TODAY = 739_000
OFFERED = Offered(
    # Two lanes of the first location, one of each other.
    location=np.array([0, 0, 1, 2], dtype=np.int32),
    distance_m=np.array([900_499, 900_499, UNKNOWN_DISTANCE_M, 900_499], dtype=np.int64),
    delivery_day=np.array([TODAY + 2, TODAY + 1, NEVER, TODAY + 5_000], dtype=np.int32),
    placed_day=TODAY,
    abroad=np.array([False, False, True, True]),
    covered=np.array([1, 1, 2, 2], dtype=np.int64),
    unit_increments=np.array([1, 100], dtype=np.int64),
)


def shipment(name: str) -> list[int]:
    tier = OBJECTIVES[name](OFFERED)
    assert tier.name == name
    assert (tier.unit, tier.unfilled, tier.counts_cost) == (None, None, False)
    assert tier.shipment is not None
    return [int(amount) for amount in tier.shipment]


def unit(name: str) -> list[list[int]]:
    tier = OBJECTIVES[name](OFFERED)
    assert (tier.shipment, tier.unfilled, tier.counts_cost) == (None, None, False)
    assert tier.unit is not None
    return [[int(amount) for amount in row] for row in tier.unit]


def test_shipments_are_counted_ranked_and_measured() -> None:
    assert shipment("fewest_shipments") == [1, 1, 1, 1]
    assert shipment("same_market") == [0, 0, 1, 1]
    assert shipment("ranked") == [0, 0, 1, 2]
    assert shipment("closest") == [900, 900, 40_000, 900]


def test_lists_go_by_distance_rank_or_stock_and_ties_by_rank() -> None:
    # A unit of the first line counts as much as 100 increments of the second.
    assert unit("nearest_first") == [[0, 0, 200, 100], [0, 0, 2, 1]]
    assert unit("ranked_first") == [[0, 0, 100, 200], [0, 0, 1, 2]]
    assert unit("fullest_first") == [[200, 200, 0, 100], [2, 2, 0, 1]]


def test_days_count_from_the_order_and_unknown_ones_are_latest() -> None:
    assert unit("fastest")[1] == [2, 1, LATEST_DAYS, LATEST_DAYS]


def test_cost_counts_cost_and_nothing_else() -> None:
    tier = OBJECTIVES["cost"](OFFERED)
    assert tier.counts_cost
    assert (tier.shipment, tier.unit, tier.unfilled) == (None, None, None)


def test_units_left_out_weigh_the_same_whatever_their_decimals() -> None:
    amounts = unfilled(OFFERED.unit_increments).unfilled
    assert amounts is not None
    assert amounts.tolist() == [100, 1]


@pytest.mark.parametrize(
    ("metres", "kilometres"),
    [(0, 0), (499, 0), (500, 1), (1_499, 1), (39_999_999, 40_000), (UNKNOWN_DISTANCE_M, 40_000)],
)
def test_kilometres_are_rounded_to_the_nearest(metres: int, kilometres: int) -> None:
    assert int(distance_km(np.array([metres], dtype=np.int64))[0]) == kilometres


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_makes_do_without_lanes(name: str) -> None:
    nothing = replace(
        OFFERED,
        location=OFFERED.location[:0],
        distance_m=OFFERED.distance_m[:0],
        delivery_day=OFFERED.delivery_day[:0],
        abroad=OFFERED.abroad[:0],
        covered=OFFERED.covered[:0],
    )
    tier = OBJECTIVES[name](nothing)
    assert all(each is None or each.size == 0 for each in (tier.shipment, tier.unit))

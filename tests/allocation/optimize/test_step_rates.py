"""Where rates are steps, dividing a shipment can be cheaper than keeping it together.

The figures have the shape of published cards, on which from about 23 lb two parcels from
one stock location are often cheaper than one: here a parcel up to 20 lb is 32.07 and one
up to 40 lb 103.90.
"""

from __future__ import annotations

import numpy as np
import pytest

from allocation.optimize.verify import verify
from routing.rating.tariff import parcel_price_minor
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import EXACT, SOLVERS
from tests.strategies.by_hand import problem_by_hand
from tests.strategies.tariffs import make_tariff

UG_PER_LB = 453_592_370
FAR = make_tariff([20 * UG_PER_LB, 40 * UG_PER_LB], [3_207, 10_390])
NEAR = make_tariff([20 * UG_PER_LB, 40 * UG_PER_LB], [1_150, 4_800])
NINETEEN_LB = [19 * UG_PER_LB] * 2


def test_one_parcel_of_38_lb_is_dearer_than_two_of_19_lb() -> None:
    weights = np.array([38, 19], dtype=np.int64) * UG_PER_LB
    one, half = parcel_price_minor(FAR, weights, np.zeros(2, dtype=np.int64)).tolist()
    assert (one, 2 * half) == (10_390, 6_414)


@pytest.mark.parametrize("name", EXACT)
def test_a_shipment_in_two_parcels_is_cheaper_than_in_one(name: str) -> None:
    problem = problem_by_hand(
        demand=[1, 1], available=[[1], [1]], weight_ug=NINETEEN_LB, tariffs=[FAR]
    )
    solution = SOLVERS[name].solve(problem)
    assert solution is not None
    assert verify(problem, solution).ok
    assert solution.values == best_allocation(problem).values == (0, 2 * 3_207)
    (shipment,) = solution.allocation.shipments
    assert sum(parcel.count for parcel in shipment.parcels) == 2


@pytest.mark.parametrize("name", EXACT)
def test_two_locations_are_cheaper_than_one_parcel_from_the_one_that_has_everything(
    name: str,
) -> None:
    # The far location has both lines, the near one only the second. In one parcel from
    # the far one 103.90, in two 64.14; one parcel from each 32.07 + 11.50, and 5.00 for
    # the second shipment.
    problem = problem_by_hand(
        demand=[1, 1],
        available=[[1, 0], [1, 1]],
        weight_ug=NINETEEN_LB,
        tariffs=[FAR, NEAR],
        lane_tariff=[0, 1],
        extra_shipment_minor=500,
    )
    solution = SOLVERS[name].solve(problem)
    assert solution is not None
    assert verify(problem, solution).ok
    assert solution.values == best_allocation(problem).values == (0, 3_207 + 1_150 + 500)
    assert [shipment.lane for shipment in solution.allocation.shipments] == [0, 1]


@pytest.mark.parametrize("name", EXACT)
def test_one_line_is_split_over_two_locations_to_stay_under_a_weight_step(name: str) -> None:
    # The far location has both increments, 64.14 in two parcels; the near one has one of
    # them: 32.07 + 11.50, and 5.00 for the second shipment.
    problem = problem_by_hand(
        demand=[2],
        available=[[2, 1]],
        weight_ug=NINETEEN_LB[:1],
        tariffs=[FAR, NEAR],
        lane_tariff=[0, 1],
        extra_shipment_minor=500,
    )
    solution = SOLVERS[name].solve(problem)
    assert solution is not None
    assert verify(problem, solution).ok
    assert solution.values == best_allocation(problem).values == (0, 3_207 + 1_150 + 500)
    assert [shipment.quantities for shipment in solution.allocation.shipments] == [
        ((0, 1),),
        ((0, 1),),
    ]

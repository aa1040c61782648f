from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.rating.tariff import parcel_price_minor
from tests.strategies.draws import SeededDraws
from tests.strategies.tariffs import draw_tariff


@given(st.integers(0, 10_000), st.integers(0, 300), st.integers(0, 300))
def test_one_parcel_costs_what_it_costs_in_an_array(seed: int, weight: int, volume: int) -> None:
    tariff = draw_tariff(SeededDraws(seed))
    several = parcel_price_minor(tariff, np.array([weight]), np.array([volume]))
    assert tariff.price_of_one_minor(weight, volume) == int(several[0])

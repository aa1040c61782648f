from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allocation.optimize.location_sets.convolve import least_sums, share_of_second

NEVER = 2**29
CURVE = st.lists(st.one_of(st.integers(-900, 900), st.just(NEVER)), min_size=1, max_size=12)


@given(CURVE, CURVE)
def test_least_sums_try_every_division(first: list[int], second: list[int]) -> None:
    size = min(len(first), len(second))
    one, two = np.array(first[:size], dtype=np.int32), np.array(second[:size], dtype=np.int32)
    wanted = [
        min(
            (
                int(one[total - at]) + int(two[at])
                for at in range(total + 1)
                if NEVER not in (one[total - at], two[at])
            ),
            default=NEVER,
        )
        for total in range(size)
    ]
    assert least_sums(one, two, NEVER).tolist() == wanted
    for total, value in enumerate(wanted):
        if value < NEVER:
            share = share_of_second(one, two, total)
            assert int(one[total - share]) + int(two[share]) == value

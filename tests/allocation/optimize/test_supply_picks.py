"""Which portion every unit comes from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from allocation.optimize.supply.picks import Short, pick
from allocation.optimize.supply.takes import Take
from routing.sourcing.supply import NO_CEILING, Supply


def portions(
    quantity: Sequence[int], ceiling: Sequence[int] | None = None, most: Sequence[int] = ()
) -> Supply:
    """Return portions of one resource; which takes may use them is up to the takes."""
    count = len(quantity)
    nothing = np.zeros(0, dtype=np.int32)
    return Supply(
        use=np.ones((1, 1), dtype=np.int64),
        resource=np.zeros(count, dtype=np.int32),
        quantity=np.array(quantity, dtype=np.int64),
        ceiling=np.array(ceiling or [NO_CEILING] * count, dtype=np.int32),
        ceiling_most=np.array(most, dtype=np.int64),
        pair_portion=nothing,
        pair_line=nothing,
        pair_slot=nothing,
    )


def take(number: int, units: int, *open_to: int) -> Take:
    return Take(line=number, slot=0, lane=0, units=units, portions=open_to)


def test_first_portions_are_used_first() -> None:
    assert pick(portions([3, 3, 3]), [take(0, 5, 0, 1, 2)]) == {(0, 0): 3, (0, 1): 2}


def test_a_line_leaves_a_portion_to_one_that_has_no_other() -> None:
    # Line 0 would like portion 0, which is all that line 1 may use.
    takes = [take(0, 3, 0, 1), take(1, 2, 0)]
    assert pick(portions([3, 3]), takes) == {(0, 0): 1, (0, 1): 2, (1, 0): 2}


def test_every_line_has_the_first_portions_that_the_lines_before_it_leave() -> None:
    # Line 2 needs both of portion 0, so the lines before it cannot have them, first or not.
    takes = [take(0, 2, 0, 1, 2), take(1, 2, 0, 1, 2), take(2, 2, 0)]
    assert pick(portions([2, 3, 3]), takes) == {
        (0, 1): 2,
        (1, 1): 1,
        (1, 2): 1,
        (2, 0): 2,
    }


def test_portions_under_a_ceiling_count_together() -> None:
    supply = portions([4, 4, 4], ceiling=[0, 0, NO_CEILING], most=[5])
    assert pick(supply, [take(0, 7, 0, 1, 2)]) == {(0, 0): 4, (0, 1): 1, (0, 2): 2}


def test_what_is_missing_is_named_with_the_portions_that_run_short() -> None:
    takes = [take(0, 3, 0, 1), take(1, 3, 0, 1), take(2, 1, 2)]
    assert pick(portions([2, 3, 9]), takes) == Short(frozenset({0, 1}), 5)


def test_a_ceiling_can_run_short() -> None:
    supply = portions([4, 4], ceiling=[0, 0], most=[5])
    assert pick(supply, [take(0, 3, 0), take(1, 3, 1)]) == Short(frozenset({0, 1}), 5)


@pytest.mark.parametrize("seed", range(100))
def test_no_portion_gives_more_than_it_holds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    supply = portions(rng.integers(0, 5, 4).tolist(), ceiling=[0, -1, 0, -1], most=[4])
    takes = [
        take(number, int(rng.integers(1, 5)), *np.flatnonzero(rng.random(4) < 0.6).tolist())
        for number in range(3)
    ]
    found = pick(supply, takes)
    if isinstance(found, Short):
        inside = [each for each in takes if found.portions.issuperset(each.portions)]
        assert sum(each.units for each in inside) > found.most
        return
    for number, each in enumerate(takes):
        mine = {portion: units for (of, portion), units in found.items() if of == number}
        assert set(mine) <= set(each.portions)
        assert sum(mine.values()) == each.units
    for portion, held in enumerate(supply.quantity.tolist()):
        assert sum(units for (_, of), units in found.items() if of == portion) <= held
    assert sum(units for (_, of), units in found.items() if of in (0, 2)) <= 4

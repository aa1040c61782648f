"""How sure a difference is: paired bootstrap over orders.

Orders are drawn again with repetition, the same draw for both contenders, and the difference is
taken each time; the middle 95 % of the differences are the interval. It treats orders as
independent of each other, which stock that runs out makes only nearly true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.backtest.metrics import Sums

RESAMPLES: Final = 2_000
LEVEL: Final = 0.95

_CELLS_AT_ONCE: Final = 4_000_000

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """A contender's value less the first contender's, with its 95 % interval.

    Attributes
    ----------
    low, high
        ``None`` when some resample has nothing to divide by.
    """

    value: float
    low: float | None
    high: float | None

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def differences(pairs: Sequence[tuple[Sums, Sums]], seed: int) -> tuple[Difference | None, ...]:
    """Return second less first of each pair; ``None`` where one of them has no value.

    Parameters
    ----------
    pairs
        Sums over the same orders.
    seed
        The same seed draws the same resamples.
    """
    if not pairs:
        return ()
    sums = [[first.above, first.below, second.above, second.below] for first, second in pairs]
    # Whole numbers below 2**53 add up exactly, in whatever order the processor does it.
    columns = np.concatenate(sums).astype(np.float64).T
    drawn = np.concatenate([counts @ columns for counts in _resamples(len(columns), seed)])
    return tuple(
        _difference(first.value, second.value, drawn[:, 4 * number : 4 * number + 4])
        for number, (first, second) in enumerate(pairs)
    )


def _difference(first: float | None, second: float | None, drawn: Float64) -> Difference | None:
    if first is None or second is None:
        return None
    above_first, below_first, above_second, below_second = drawn.T
    if not below_first.all() or not below_second.all():
        return Difference(second - first, None, None)
    tail = (1 - LEVEL) / 2
    values = above_second / below_second - above_first / below_first
    low, high = np.quantile(values, [tail, 1 - tail])
    return Difference(second - first, float(low), float(high))


def _resamples(orders: int, seed: int) -> Iterator[Float64]:
    """Yield float64 ``[some, orders]``: how often each order is in each resample."""
    draw = np.random.default_rng(seed)
    chances = np.full(orders, 1 / orders)
    left = RESAMPLES
    while left:
        some = min(left, max(1, _CELLS_AT_ONCE // orders))
        yield draw.multinomial(orders, chances, size=some).astype(np.float64)
        left -= some

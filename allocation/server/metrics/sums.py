"""What is added up here before it goes to Prometheus's client library.

To add to a value there takes a microsecond: a lock, and in a worker a look at the id of the process
and a write into a file. Each call adds to some twenty; several calls together add to hardly more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from allocation.server.metrics.children import Children


class Sums:
    """What a counter is to grow by.

    Parameters
    ----------
    metric
        The counter, or a gauge.
    """

    def __init__(self, metric: Any) -> None:
        self._children = Children(metric)
        self._waiting: dict[tuple[str, ...], float] = {}

    def add(self, labels: tuple[str, ...], amount: float = 1.0) -> None:
        """Add to the child with these labels."""
        self._waiting[labels] = self._waiting.get(labels, 0.0) + amount

    def pass_on(self) -> None:
        """Let the counter grow."""
        for labels, amount in self._waiting.items():
            self._children.of(labels).inc(amount)
        self._waiting.clear()


class Observations:
    """What a histogram is to be told of.

    Parameters
    ----------
    metric
        The histogram.
    bounds
        Upper ends of its buckets, in order.
    """

    def __init__(self, metric: Any, bounds: Sequence[float]) -> None:
        self._children = Children(metric)
        self._bounds = list(bounds)
        self._waiting: dict[tuple[str, ...], _Seen] = {}

    def add(self, labels: tuple[str, ...], value: float) -> None:
        """Observe a value for the child with these labels."""
        seen = self._waiting.get(labels)
        if seen is None:
            seen = self._waiting[labels] = _Seen(len(self._bounds) + 1)
        seen.counts[bisect_left(self._bounds, value)] += 1
        seen.total += value

    def pass_on(self) -> None:
        """Tell the histogram."""
        for labels, seen in self._waiting.items():
            self._children.of(labels).add(seen.counts, seen.total)
        self._waiting.clear()


class _Seen:
    """Observations of one child: how many in each bucket, and their sum."""

    def __init__(self, buckets: int) -> None:
        self.counts = [0] * buckets
        self.total = 0.0

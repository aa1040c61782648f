"""A histogram that takes the observations of several calls at once."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import Histogram


class SummedHistogram(Histogram):
    """As its base class, which takes observations one by one."""

    def add(self, counts: Sequence[int], total: float) -> None:
        """Add observations.

        Parameters
        ----------
        counts
            How many are in each bucket, and last how many are beyond all of them.
        total
            Their sum.
        """
        self._sum.inc(total)
        for bucket, count in zip(self._buckets, counts, strict=True):
            if count:
                bucket.inc(count)

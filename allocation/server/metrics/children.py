"""The children of a labelled metric."""

from __future__ import annotations

from typing import Any, Final

MOST_SERIES: Final = 2_000
"""Most combinations of labels of one metric: unknown methods must not fill the memory."""


class Children:
    """Children of a metric by the values of their labels, found without a lock.

    Parameters
    ----------
    metric
        Of Prometheus's client library. One without labels is its own only child.
    """

    def __init__(self, metric: Any) -> None:
        self._metric = metric
        self._known: dict[tuple[str, ...], Any] = {}

    def of(self, labels: tuple[str, ...]) -> Any:
        """Return the child with these labels."""
        known = self._known.get(labels)
        if known is None:
            if len(self._known) >= MOST_SERIES:
                labels = tuple("other" for _ in labels)
            child = self._metric.labels(*labels) if labels else self._metric
            known = self._known.setdefault(labels, child)
        return known

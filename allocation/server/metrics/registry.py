"""Make the metrics of the catalogue in a registry of Prometheus's client library.

With ``PROMETHEUS_MULTIPROC_DIR`` set before the library is imported, the values of every
process are kept in files there, and whoever serves them adds them up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from allocation.server.metrics.catalogue import METRICS, Kind, MetricSpec
from allocation.server.metrics.histogram import SummedHistogram

_TOGETHER: Final = {"max": "livemax", "min": "livemin", "sum": "livesum"}


def make_metrics(registry: CollectorRegistry) -> Mapping[str, Any]:
    """Return a metric for every entry of the catalogue, by name."""
    return {name: _make(name, spec, registry) for name, spec in METRICS.items()}


def _make(name: str, spec: MetricSpec, registry: CollectorRegistry) -> Any:
    if spec.kind is Kind.COUNTER:
        return Counter(name.removesuffix("_total"), spec.help, spec.labels, registry=registry)
    if spec.kind is Kind.HISTOGRAM:
        return SummedHistogram(
            name, spec.help, spec.labels, registry=registry, buckets=spec.buckets
        )
    mode: Any = _TOGETHER[spec.together]
    return Gauge(name, spec.help, spec.labels, registry=registry, multiprocess_mode=mode)

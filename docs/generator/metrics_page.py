"""The page of metrics, from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.server.health.conditions import CONDITIONS
from allocation.server.metrics.catalogue import METRICS, Kind
from docs.generator.markdown import code, page, table

_INTRO = """\
With `metrics.port` set, a server answers three paths over HTTP, on this machine only unless
`metrics.host` says otherwise:

| path | answer |
|---|---|
| `/metrics` | the metrics below, in Prometheus's text format; of all worker processes together |
| `/live` | 200 while the process does anything at all; a restart helps when it does not |
| `/ready` | 200 if the server can do its work, else 503 with the conditions that do not hold |

`grpc.health.v1` answers the same under the service names `live` and `ready`. The services of the
contract and the empty name stay `SERVING` until the drain: planning over stock that is sent along
works while the store is away."""

_CONDITIONS = {
    "store": "the store answered within `stock_stale_s`",
    "rules": "the active rule set can be used",
    "feed": "feeds observed something within `health.feed_stale_s`, if that is set",
}


def metrics_page() -> str:
    """Return the page."""
    return page(
        "Metrics and probes",
        [
            _INTRO,
            "## Conditions of readiness",
            table(
                ("condition", "holds if"), ((code(name), _CONDITIONS[name]) for name in CONDITIONS)
            ),
            "## Metrics",
            table(("metric", "kind", "labels", "what it says"), _rows()),
            "A ready-made dashboard and alert rules are in `deploy/`.",
        ],
    )


def _rows() -> Iterator[tuple[str, ...]]:
    for name, spec in METRICS.items():
        kind = spec.kind.value
        if spec.kind is Kind.GAUGE:
            kind = f"gauge ({spec.together} over processes)"
        yield code(name), kind, ", ".join(map(code, spec.labels)), spec.help

"""Every metric: name, kind, labels, and what it says. The reference page is made of this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

CALL_SECONDS: Final = (
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0,
)  # fmt: skip
GAPS: Final = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
SHIPMENTS: Final = (0, 1, 2, 3, 4, 5, 8, 13)


class Kind(Enum):
    """How a metric behaves."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric.

    Attributes
    ----------
    kind
        Counter, gauge or histogram.
    help
        One sentence; names the unit.
    labels
        Names of its labels.
    buckets
        Upper ends, of histograms.
    together
        Of gauges: how those of several processes make one: ``"max"``, ``"min"`` or ``"sum"``.
    """

    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    together: str = "max"


_COUNTER, _GAUGE, _HISTOGRAM = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM

METRICS: Final[Mapping[str, MetricSpec]] = MappingProxyType(
    {
        "shipfrom_calls_total": MetricSpec(
            _COUNTER,
            "Calls that are over, by method, status code and error reason (empty for none).",
            ("method", "code", "reason"),
        ),
        "shipfrom_call_duration_seconds": MetricSpec(
            _HISTOGRAM,
            "Seconds from a call's arrival to its end.",
            ("method",),
            CALL_SECONDS,
        ),
        "shipfrom_calls_in_progress": MetricSpec(
            _GAUGE, "Calls that are being served.", together="sum"
        ),
        "shipfrom_plans_total": MetricSpec(
            _COUNTER,
            "Plans made, by the rung that found them, what is proven, and what limited it.",
            ("rung", "status", "limit"),
        ),
        "shipfrom_plan_duration_seconds": MetricSpec(
            _HISTOGRAM,
            "Seconds in the engine for one plan, by the rung that found it.",
            ("rung",),
            CALL_SECONDS,
        ),
        "shipfrom_plan_stage_seconds_total": MetricSpec(
            _COUNTER, "Seconds in the engine by stage, over all plans.", ("stage",)
        ),
        "shipfrom_plan_gap_ratio": MetricSpec(
            _HISTOGRAM,
            "Share of the cost that a better plan could save at most; plans not proven only.",
            (),
            GAPS,
        ),
        "shipfrom_wrong_plans_total": MetricSpec(
            _COUNTER,
            "Plans that did not stand up to being recomputed and were not answered: bugs.",
        ),
        "shipfrom_plan_shipments": MetricSpec(_HISTOGRAM, "Shipments of one plan.", (), SHIPMENTS),
        "shipfrom_baselines_total": MetricSpec(
            _COUNTER,
            "Choices that callers sent along to be compared, by the rule set of the plan and "
            "whether they could be priced (yes, no).",
            ("rule_set", "priced"),
        ),
        "shipfrom_baseline_cost_minor_total": MetricSpec(
            _COUNTER,
            "Cost of those choices that could be priced, in minor units.",
            ("rule_set", "currency"),
        ),
        "shipfrom_baseline_plan_cost_minor_total": MetricSpec(
            _COUNTER,
            "Cost of the plans for the same orders, in minor units.",
            ("rule_set", "currency"),
        ),
        "shipfrom_unfilled_lines_total": MetricSpec(
            _COUNTER, "Lines that plans leave short, by reason.", ("reason",)
        ),
        "shipfrom_holds_total": MetricSpec(
            _COUNTER,
            "Plans that were held, and what became of holds: held, committed, extended, released, "
            "fulfilled, replaced, expired. Repeats of a call count once.",
            ("change",),
        ),
        "shipfrom_stock_conflicts_total": MetricSpec(
            _COUNTER, "Plans whose stock others took first, so that they were made again."
        ),
        "shipfrom_geocodings_total": MetricSpec(
            _COUNTER,
            "Destinations with a postal code that is not in the index, by what came of asking the "
            "geocoder: known (asked before), found, no_such_place, late, busy, failed.",
            ("outcome",),
        ),
        "shipfrom_stock_view_age_seconds": MetricSpec(
            _GAUGE, "Seconds since the planning view of stock was last known to be complete."
        ),
        "shipfrom_stock_version": MetricSpec(
            _GAUGE, "Change of the ledger up to which the planning view knows all.", together="min"
        ),
        "shipfrom_feed_age_seconds": MetricSpec(
            _GAUGE,
            "Seconds since the latest observation that a feed reported, or since the start.",
            together="min",
        ),
        "shipfrom_rule_activation": MetricSpec(
            _GAUGE, "Number of the activation that decides; 0 before the first.", together="min"
        ),
        "shipfrom_rule_set_info": MetricSpec(
            _GAUGE, "1 for the rule set that decides.", ("rule_set",)
        ),
        "shipfrom_network_version": MetricSpec(
            _GAUGE, "Version of the network that plans are made with.", together="min"
        ),
        "shipfrom_network_locations": MetricSpec(_GAUGE, "Stock locations in the network."),
        "shipfrom_network_items": MetricSpec(_GAUGE, "Items in the network."),
        "shipfrom_queue_length": MetricSpec(
            _GAUGE, "Calls that run or wait in a pool of threads.", ("pool",), together="sum"
        ),
        "shipfrom_log_entries_dropped_total": MetricSpec(
            _COUNTER,
            "Log entries that were dropped, since whatever reads standard error did not keep up.",
        ),
        "shipfrom_ready": MetricSpec(
            _GAUGE, "1 if the server can do its work, 0 if not; see /ready.", together="min"
        ),
        "shipfrom_resident_memory_bytes": MetricSpec(
            _GAUGE, "Memory of the server's processes.", together="sum"
        ),
        "shipfrom_workers": MetricSpec(_GAUGE, "Processes that serve calls.", together="sum"),
        "shipfrom_build_info": MetricSpec(
            _GAUGE,
            "1, labelled by version and by build (compiled, or python alone).",
            ("version", "build"),
        ),
    }
)
"""By name."""

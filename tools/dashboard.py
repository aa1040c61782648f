"""Write the Grafana dashboard: ``python -m tools.dashboard``.

Panels are a table here, so that a metric that is renamed is found by the types and the tests,
and not by whoever looks at an empty panel at night.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FILE: Final = (
    Path(__file__).resolve().parent.parent / "deploy" / "grafana" / "shipfrom.dashboard.json"
)

_SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
_WIDTH, _HEIGHT = 8, 8
_COLUMNS: Final = 24 // _WIDTH
_ALLOCATE: Final = 'method="/allocation.v1.AllocationService/Allocate"'


@dataclass(frozen=True, slots=True)
class Panel:
    """One graph.

    Attributes
    ----------
    title
        What it shows.
    unit
        As Grafana names it.
    queries
        PromQL by legend.
    about
        A sentence for whoever has never seen it.
    """

    title: str
    unit: str
    queries: dict[str, str]
    about: str


def _quantile(quantile: float, metric: str, by: str = "le", where: str = "") -> str:
    rate = f"rate({metric}_bucket{{{where}}}[$__rate_interval])"
    return f"histogram_quantile({quantile}, sum by ({by}) ({rate}))"


def _per_second(metric: str, by: str, where: str = "") -> str:
    return f"sum by ({by}) (rate({metric}{{{where}}}[$__rate_interval]))"


ROWS: Final[dict[str, tuple[Panel, ...]]] = {
    "Calls": (
        Panel(
            "Calls by method",
            "reqps",
            {"{{method}}": _per_second("shipfrom_calls_total", "method")},
            "What is asked of the server.",
        ),
        Panel(
            "Allocate: time",
            "s",
            {
                f"p{int(quantile * 100)}": _quantile(
                    quantile, "shipfrom_call_duration_seconds", where=_ALLOCATE
                )
                for quantile in (0.5, 0.95, 0.99)
            },
            "From arrival to answer, as the server sees it.",
        ),
        Panel(
            "Errors by reason",
            "reqps",
            {"{{reason}}": _per_second("shipfrom_calls_total", "reason", 'reason!=""')},
            "Most are the callers' to mend; INTERNAL and LEDGER_UNAVAILABLE are ours.",
        ),
        Panel(
            "Calls in progress",
            "short",
            {"{{instance}}": "sum by (instance) (shipfrom_calls_in_progress)"},
            "Rises before times do.",
        ),
        Panel(
            "Calls running or waiting by pool",
            "short",
            {"{{pool}}": "sum by (pool) (shipfrom_queue_length)"},
            "At its limit, calls are refused with OVERLOADED.",
        ),
        Panel(
            "Ready, and workers",
            "short",
            {
                "{{instance}} ready": "min by (instance) (shipfrom_ready)",
                "{{instance}} workers": "sum by (instance) (shipfrom_workers)",
            },
            "Readiness is 1 or 0; /ready says which condition does not hold.",
        ),
    ),
    "Plans": (
        Panel(
            "Plans by rung",
            "reqps",
            {"{{rung}}": _per_second("shipfrom_plans_total", "rung")},
            "exact_sets is proven at once; or_tools searches; greedy is the fallback.",
        ),
        Panel(
            "Plans not proven cheapest",
            "percentunit",
            {
                "{{limit}}": (
                    _per_second("shipfrom_plans_total", "limit", 'status!="optimal"')
                    + " / ignoring (limit) group_left sum "
                    "(rate(shipfrom_plans_total[$__rate_interval]))"
                )
            },
            "By what limited the search; time means that a longer budget would help.",
        ),
        Panel(
            "Gap of those",
            "percentunit",
            {"p95": _quantile(0.95, "shipfrom_plan_gap_ratio")},
            "What a better plan could save at most.",
        ),
        Panel(
            "Time in the engine by rung",
            "s",
            {"p99 {{rung}}": _quantile(0.99, "shipfrom_plan_duration_seconds", "le, rung")},
            "Without waiting, decoding and encoding.",
        ),
        Panel(
            "Where the engine's time goes",
            "percentunit",
            {
                "{{stage}}": (
                    _per_second("shipfrom_plan_stage_seconds_total", "stage")
                    + " / ignoring (stage) group_left sum "
                    "(rate(shipfrom_plan_stage_seconds_total[$__rate_interval]))"
                )
            },
            "source builds the problem, solve searches, render writes the plan.",
        ),
        Panel(
            "Plans that did not stand up",
            "short",
            {"wrong": "sum(increase(shipfrom_wrong_plans_total[$__rate_interval]))"},
            "Recomputed, found wrong and not answered: bugs. Always zero.",
        ),
        Panel(
            "Postal codes asked for",
            "reqps",
            {"{{outcome}}": _per_second("shipfrom_geocodings_total", "outcome")},
            "Destinations that are not in the index, by what the geocoder said.",
        ),
        Panel(
            "Lines left short by reason",
            "reqps",
            {"{{reason}}": _per_second("shipfrom_unfilled_lines_total", "reason")},
            "Lines of plans, not errors.",
        ),
        Panel(
            "Shipments per plan",
            "short",
            {
                "mean": (
                    "sum(rate(shipfrom_plan_shipments_sum[$__rate_interval]))"
                    " / sum(rate(shipfrom_plan_shipments_count[$__rate_interval]))"
                )
            },
            "Rises when stock thins out, or when rules change.",
        ),
        Panel(
            "Callers' own choices beside the plans",
            "short",
            {
                "{{rule_set}} theirs": (
                    "sum by (rule_set) (rate(shipfrom_baseline_cost_minor_total[$__rate_interval]))"
                ),
                "{{rule_set}} planned": (
                    "sum by (rule_set)"
                    " (rate(shipfrom_baseline_plan_cost_minor_total[$__rate_interval]))"
                ),
                "not priced": (
                    'sum(rate(shipfrom_baselines_total{priced="no"}[$__rate_interval]))'
                ),
            },
            "Cost a second in minor units, for orders sent with a baseline; and how many of those"
            " could not be priced.",
        ),
    ),
    "Stock, rules, network": (
        Panel(
            "Age of the planning view",
            "s",
            {"{{instance}}": "max by (instance) (shipfrom_stock_view_age_seconds)"},
            "Rises while the store does not answer.",
        ),
        Panel(
            "Plans that lost their stock to others",
            "reqps",
            {"conflicts": "sum(rate(shipfrom_stock_conflicts_total[$__rate_interval]))"},
            "They were made again; callers notice only time.",
        ),
        Panel(
            "Holds, and what became of them",
            "reqps",
            {"{{change}}": _per_second("shipfrom_holds_total", "change")},
            "Committed and released should follow held; many that expire keep stock from others.",
        ),
        Panel(
            "Age of the latest observation in a feed",
            "s",
            {"age": "min(shipfrom_feed_age_seconds)"},
            "Rises when the warehouse's job has stopped.",
        ),
        Panel(
            "Rule set that decides",
            "short",
            {"{{rule_set}}": "count by (rule_set) (shipfrom_rule_set_info == 1)"},
            "Processes under each; more than one line for long is wrong.",
        ),
        Panel(
            "Network",
            "short",
            {
                "locations": "max(shipfrom_network_locations)",
                "items": "max(shipfrom_network_items)",
                "version": "min(shipfrom_network_version)",
            },
            "What plans are made with.",
        ),
        Panel(
            "Memory",
            "bytes",
            {"{{instance}}": "sum by (instance) (shipfrom_resident_memory_bytes)"},
            "Of all processes of an instance.",
        ),
        Panel(
            "Log entries dropped",
            "cps",
            {"{{instance}}": _per_second("shipfrom_log_entries_dropped_total", "instance")},
            "Above zero, whatever reads the log does not keep up.",
        ),
    ),
}


def dashboard() -> str:
    """Return the dashboard as Grafana imports it."""
    panels: list[dict[str, Any]] = []
    top = 0
    for title, row in ROWS.items():
        panels.append(
            {
                "id": len(panels) + 1,
                "type": "row",
                "title": title,
                "gridPos": {"x": 0, "y": top, "w": 24, "h": 1},
                "collapsed": False,
                "panels": [],
            }
        )
        top += 1
        for number, panel in enumerate(row):
            line, column = divmod(number, _COLUMNS)
            place = {"x": column * _WIDTH, "y": top + line * _HEIGHT, "w": _WIDTH, "h": _HEIGHT}
            panels.append(_graph(panel, len(panels) + 1, place))
        top += -(-len(row) // _COLUMNS) * _HEIGHT
    content = {
        "uid": "shipfrom",
        "title": "ShipFrom",
        "description": "Written by tools/dashboard.py.",
        "tags": ["shipfrom"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {
            "list": [
                {"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"}
            ]
        },
        "panels": panels,
    }
    return json.dumps(content, indent=1) + "\n"


def _graph(panel: Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.about,
        "gridPos": place,
        "datasource": _SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}},
        "targets": [
            {"refId": chr(ord("A") + index), "expr": query, "legendFormat": legend}
            for index, (legend, query) in enumerate(panel.queries.items())
        ],
    }


if __name__ == "__main__":
    FILE.write_text(dashboard(), encoding="utf-8")

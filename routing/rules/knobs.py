"""The keys of a file that are knobs of the policy, and which knob each one turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from routing.rules.places import Path
from routing.rules.schema.cost import Cost
from routing.rules.schema.split import Split
from routing.rules.schema.strategy import Strategy
from routing.sourcing.policy import Policy


def _same(value: Any) -> Any:
    return value


_COST: Final[Mapping[str, str]] = MappingProxyType(
    {
        "extra_shipment_minor": "extra_shipment_minor",
        "line_part_minor": "line_part_minor",
        "late_day_minor": "late_day_minor",
        "distance_minor_per_100_km": "distance_minor_per_100_km",
        "unfilled_unit_minor": "unfilled_unit_minor",
        "backorder_unit_minor": "backorder_unit_minor",
        "backorder_wait_day_minor": "backorder_wait_day_minor",
        "substitute_unit_minor": "substitute_unit_minor",
    }
)

_SPLIT: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = MappingProxyType(
    {
        "lines": ("line_split", lambda value: value == "may_split"),
        "max_shipments": ("max_shipments", _same),
        "ship_complete": ("ship_complete", _same),
        "min_shipment_value_minor": ("min_shipment_minor", _same),
        "min_shipment_units": ("min_shipment_units", _same),
    }
)


def turned(policy: Policy, strategy: Strategy | None, cost: Cost, split: Split) -> Policy:
    """Return a policy with every knob that the given sections turn."""
    knobs: dict[str, Any] = {knob: value for knob, _, value in knobs_of(cost, split)}
    if strategy is not None:
        knobs["objectives"] = ("cost",) if strategy == "cheapest" else strategy
    return replace(policy, **knobs)


def knobs_of(cost: Cost, split: Split) -> Iterator[tuple[str, Path, Any]]:
    """Yield every knob that the sections turn: its name in `Policy`, its key, its value."""
    for key, knob in _COST.items():
        if (value := getattr(cost, key)) is not None:
            yield knob, ("cost", key), value
    for key, (knob, convert) in _SPLIT.items():
        if (value := getattr(split, key)) is not None:
            yield knob, ("split", key), convert(value)

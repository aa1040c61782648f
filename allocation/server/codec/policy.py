"""Planning options: what a request says in place of the rule set, and how to answer."""

from __future__ import annotations

from typing import Final

from allocation.server.codec.findings import Findings
from allocation.server.codec.money import MoneyReader
from allocation.server.codec.names import Names
from allocation.server.codec.text import decode_prose, decode_words
from allocation.server.codec.times import decode_duration
from allocation.v1 import planning_options_pb2
from routing.ids import LocationId
from routing.sourcing.policy import NOTHING_OVERRIDDEN, Overrides

MOST_ALTERNATIVES: Final = 10
MOST_BUDGET_S: Final = 60
MOST_ASKED_ABOUT: Final = 20

_LINE_SPLIT: Final = {
    planning_options_pb2.LINE_SPLIT_ALLOWED: True,
    planning_options_pb2.LINE_SPLIT_FORBIDDEN: False,
}


def decode_overrides(
    message: planning_options_pb2.PlanningOptions,
    path: str,
    findings: Findings,
    money: MoneyReader,
    names: Names,
) -> Overrides:
    """Return what the options say in place of the rule set."""
    if not message.ByteSize():
        return NOTHING_OVERRIDDEN
    decode_prose(message.rule_set, f"{path}.rule_set", findings)
    if message.max_shipments < 0:
        message_ = f"is {message.max_shipments}; give 0 for no limit, or at least 1"
        findings.refuse(f"{path}.max_shipments", message_)
    return Overrides(
        line_split=_line_split(message, f"{path}.line_split", findings),
        max_shipments=message.max_shipments if message.max_shipments > 0 else None,
        ship_complete=True if message.ship_complete else None,
        extra_shipment_minor=_amount(message, "extra_shipment_penalty", path, money),
        unfilled_unit_minor=_amount(message, "unfilled_unit_penalty", path, money),
        min_shipment_minor=_amount(message, "min_shipment_value", path, money),
        late_day_minor=_amount(message, "late_day_penalty", path, money),
        backorder_unit_minor=_amount(message, "backorder_unit_penalty", path, money),
        backorder_wait_day_minor=_amount(message, "backorder_wait_day_penalty", path, money),
        substitute_unit_minor=_amount(message, "substitute_unit_penalty", path, money),
        allowed_location_ids=_locations(message, "allowed_location_ids", path, findings, names),
        excluded_location_ids=_locations(message, "excluded_location_ids", path, findings, names),
    )


def decode_alternatives(
    message: planning_options_pb2.PlanningOptions, path: str, findings: Findings
) -> int:
    """Return how many alternatives are asked for, 0 to 10."""
    if not 0 <= message.alternatives <= MOST_ALTERNATIVES:
        message_ = f"is {message.alternatives}; it must lie in [0, {MOST_ALTERNATIVES}]"
        findings.refuse(f"{path}.alternatives", message_)
    return message.alternatives


def decode_solve_budget(
    message: planning_options_pb2.PlanningOptions, path: str, findings: Findings
) -> float | None:
    """Return the seconds asked for, in (0, 60]; ``None`` when the caller does not say."""
    if not message.HasField("solve_budget"):
        return None
    at = f"{path}.solve_budget"
    budget = decode_duration(message.solve_budget, at, findings, 0, MOST_BUDGET_S)
    return None if budget is None else budget.total_seconds()


def _line_split(
    message: planning_options_pb2.PlanningOptions, path: str, findings: Findings
) -> bool | None:
    if message.line_split == planning_options_pb2.LINE_SPLIT_UNSPECIFIED:
        return None
    split = _LINE_SPLIT.get(message.line_split)
    if split is None:
        given = f"is {message.line_split}"
        findings.refuse(path, f"{given}; give LINE_SPLIT_ALLOWED or LINE_SPLIT_FORBIDDEN")
    return split


def _amount(
    message: planning_options_pb2.PlanningOptions, field: str, path: str, money: MoneyReader
) -> int | None:
    if not message.HasField(field):  # type: ignore[arg-type]
        return None
    return money.minor(getattr(message, field), f"{path}.{field}")


def _locations(
    message: planning_options_pb2.PlanningOptions,
    field: str,
    path: str,
    findings: Findings,
    names: Names,
) -> frozenset[LocationId]:
    at = f"{path}.{field}"
    return names.locations(decode_words(getattr(message, field), at, findings), at)


def decode_ask_about(
    message: planning_options_pb2.PlanningOptions, path: str, findings: Findings, names: Names
) -> tuple[LocationId, ...]:
    """Return the locations to price as "why not from there", each once."""
    asked = message.ask_about_location_ids
    if len(asked) > MOST_ASKED_ABOUT:
        findings.refuse(
            f"{path}.ask_about_location_ids", f"are {len(asked)}; ask about {MOST_ASKED_ABOUT}"
        )
        return ()
    if not asked:
        return ()
    return tuple(sorted(_locations(message, "ask_about_location_ids", path, findings, names)))

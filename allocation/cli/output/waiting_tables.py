"""Units that wait for supply, and recalled plans, as tables and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.protobuf import timestamp_pb2
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from allocation.v1 import stock_service_pb2 as pb


def waiting_table(units: Iterable[pb.WaitingUnits]) -> Table:
    """Return units that wait, one row for each line of a plan, the first to be served first."""
    table = Table(box=SIMPLE_HEAD)
    for heading in ("Item", "Location", "Plan", "Line"):
        table.add_column(heading)
    table.add_column("Units", justify="right")
    for heading in ("Promised", "Expected", "State"):
        table.add_column(heading)
    for one in units:
        names = (one.inventory_item_id, one.location_id, one.plan_id, one.line_id)
        table.add_row(
            *map(Text, names),
            one.quantity.value,
            _day(one, "promised_time", one.promised_time),
            _day(one, "expected_time", one.expected_time),
            "committed" if one.committed else "held",
        )
    return table


def recall_table(plans: Iterable[pb.RecalledPlan]) -> Table:
    """Return what became of each plan that had units of a recalled lot."""
    table = Table(box=SIMPLE_HEAD)
    for heading in ("Order", "Plan", "Outcome", "New plan", "Why"):
        table.add_column(heading)
    for one in plans:
        outcome = pb.RecallOutcome.Name(one.outcome).removeprefix("RECALL_OUTCOME_")
        names = (one.order_id, one.plan_id, outcome.lower(), one.new_plan_id, one.message)
        table.add_row(*map(Text, names))
    return table


def settled_lines(
    answer: pb.AdjustStockResponse | pb.SetLevelsResponse,
) -> Iterator[str]:
    """Yield a sentence for each plan that was given stock, or is served at another time."""
    for given in answer.allotted:
        lot = f" lot {given.lot_id}" if given.lot_id else ""
        yield (
            f"plan {given.plan_id} line {given.line_id}: {given.quantity.value} of "
            f"{given.inventory_item_id} at {given.location_id}{lot} no longer wait"
        )
    for late in answer.slipped:
        before = _day(late, "before_time", late.before_time)
        after = _day(late, "expected_time", late.expected_time)
        yield (
            f"plan {late.plan_id} line {late.line_id}: {late.quantity.value} of "
            f"{late.inventory_item_id} at {late.location_id} expected {after}, was {before}"
        )
    if isinstance(answer, pb.AdjustStockResponse) and answer.more_allotted:
        yield f"and {answer.more_allotted} more no longer wait"
    if isinstance(answer, pb.AdjustStockResponse) and answer.more_slipped:
        yield f"and {answer.more_slipped} more are expected at another time"


def _day(
    message: pb.WaitingUnits | pb.SlippedUnits, field: str, time: timestamp_pb2.Timestamp
) -> str:
    return f"{time.ToDatetime():%Y-%m-%d}" if message.HasField(field) else "unknown"  # type: ignore[arg-type]

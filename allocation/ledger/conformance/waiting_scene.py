"""Short words for the tests of units that wait."""

from __future__ import annotations

from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import at, available, key
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow, Replaced
from allocation.ledger.level import Incoming, LevelKey
from allocation.ledger.replies import FeedReply, PlanReply
from allocation.ledger.waiting import Waited, WaitRow, pool_key, waiting_key
from routing.ids import ItemId, LineId, LocationId

DAY = 86_400


def supply(
    ledger: Ledger,
    *incoming: tuple[int, float],
    on_hand: int = 0,
    level_key: LevelKey | None = None,
    seconds: float = 0,
    sure: int = 100,
) -> FeedReply:
    """Report what is on hand, and what is on its way: (quantity, seconds)."""
    coming = tuple(Incoming(quantity, at(when), sure) for quantity, when in incoming)
    row = LevelRow(level_key or key(), on_hand, incoming=coming)
    reply = ledger.set_levels([row], now=at(seconds))
    if reply.errors:
        raise AssertionError(reply.errors)
    return reply


def wait(
    quantity: int = 1,
    expected: float | None = DAY,
    *,
    line: str = "1",
    part: int = 0,
    item: str = "mug",
    location: str = "dallas",
    limit: int | None = None,
    placed: float = 0,
    lead: float | None = None,
    release: float | None = None,
    priority: int = 0,
    shelf_days: int = 0,
) -> WaitRow:
    """Return units that are to wait for the usual level."""
    when = None if expected is None else at(expected)
    waited = Waited(
        at(placed),
        when,
        when,
        None if release is None else at(release),
        None if lead is None else at(lead),
        priority,
        shelf_days,
    )
    places = ItemId(item), LocationId(location)
    return WaitRow(LineId(line), part, *places, quantity, waited, (key(item, location),), limit)


def hold(
    ledger: Ledger,
    plan_id: str,
    *waiting: WaitRow,
    rows: tuple[HoldRow, ...] = (),
    seconds: float = 1,
    until: float = 100,
    replaces: Replaced | None = None,
) -> PlanReply:
    """Hold units that wait, and others."""
    return ledger.hold(
        plan_id,
        rows,
        expire_time=at(until),
        now=at(seconds),
        waiting=waiting or (wait(),),
        replaces=replaces,
    )


def commit(ledger: Ledger, plan_id: str, *waiting: WaitRow, seconds: float = 1) -> PlanReply:
    """Hold and commit units that wait."""
    hold(ledger, plan_id, *waiting, seconds=seconds)
    return ledger.commit(plan_id, now=at(seconds))


def waits(ledger: Ledger, *, location: str = "dallas", seconds: float = 50) -> int:
    """Return how many mugs wait at a location."""
    return -available(ledger, waiting_key(ItemId("mug"), LocationId(location)), seconds=seconds)


def pooled(ledger: Ledger, *, seconds: float = 50) -> int:
    """Return how many mugs wait anywhere."""
    return -available(ledger, pool_key(ItemId("mug")), seconds=seconds)

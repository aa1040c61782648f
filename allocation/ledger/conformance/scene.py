"""Short words for the suite: instants, levels, holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from allocation.ledger.api import Ledger
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import Buckets, Level, LevelKey, StockOwner
from allocation.ledger.replies import PlanReply
from routing.ids import ItemId, LineId, LocationId, LotId

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return the instant so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def key(item: str = "mug", location: str = "dallas", lot: str | None = None) -> LevelKey:
    """Return a level's key."""
    return LevelKey(ItemId(item), LocationId(location), None if lot is None else LotId(lot))


def want(
    level_key: LevelKey | None = None, quantity: int = 1, line: str = "1", part: int = 0
) -> HoldRow:
    """Return a row to hold."""
    return HoldRow(LineId(line), part, level_key or key(), quantity)


def stock(
    ledger: Ledger,
    on_hand: int,
    level_key: LevelKey | None = None,
    *,
    seconds: float = 0,
    owner: StockOwner = StockOwner.ENGINE,
) -> None:
    """Report a figure, observed when it is reported."""
    row = LevelRow(level_key or key(), on_hand)
    reply = ledger.set_levels([row], now=at(seconds), owner=owner)
    if reply.errors:
        raise AssertionError(reply.errors)


def hold(
    ledger: Ledger,
    plan_id: str = "p",
    *rows: HoldRow,
    seconds: float = 1,
    until: float = 100,
    request_id: str = "",
) -> PlanReply:
    """Hold the rows, or one unit of the usual level."""
    return ledger.hold(
        plan_id,
        rows or [want()],
        expire_time=at(until),
        now=at(seconds),
        request_id=request_id,
        payload=plan_id.encode(errors="replace"),
    )


def level(ledger: Ledger, level_key: LevelKey | None = None, *, seconds: float = 50) -> Level:
    """Return one level."""
    wanted = level_key or key()
    reply = ledger.levels(
        now=at(seconds), item_ids=[wanted.item_id], location_ids=[wanted.location_id]
    )
    return next(found for found in reply.levels if found.key == wanted)


def buckets(ledger: Ledger, level_key: LevelKey | None = None, *, seconds: float = 50) -> Buckets:
    """Return the figures of one level."""
    return level(ledger, level_key, seconds=seconds).buckets


def available(ledger: Ledger, level_key: LevelKey | None = None, *, seconds: float = 50) -> int:
    """Return what is available of one level."""
    return level(ledger, level_key, seconds=seconds).available


def assert_clean(ledger: Ledger, *, seconds: float = 50) -> None:
    """Fail unless every level equals its record."""
    found = ledger.audit(now=at(seconds))
    assert found.differences == ()
    assert found.levels_checked == len(ledger.levels(now=at(seconds)).levels)

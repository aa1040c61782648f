"""What can happen to a ledger, drawn by hypothesis: few names, so that things collide."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import strategies as st

from allocation.errors import EngineError
from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import at, key
from allocation.ledger.feed import FeedKind, LevelRow
from allocation.ledger.hold import HoldRow, Replaced, RowName, RowShare
from allocation.ledger.level import Incoming, StockOwner
from routing.ids import LineId, LocationId

KEYS = (key("mug"), key("mug", "reno"), key("lid"), key("lid", "reno"), key("lid", lot="a"))
PLANS = tuple(f"plan {number}" for number in range(30))

keys = st.sampled_from(KEYS)
plan_ids = st.sampled_from(PLANS)
line_ids = st.sampled_from([LineId("1"), LineId("2")])
request_ids = st.one_of(st.just(""), st.integers(0, 100).map(lambda number: f"r{number}"))


@dataclass(frozen=True)
class Move:
    """One call; instants in `offsets` are seconds after the call's own."""

    method: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    offsets: dict[str, float] = field(default_factory=dict)

    def on(self, ledger: Ledger, seconds: float) -> Any:
        """Make the call; return its answer, or what it was refused with."""
        times = {name: at(seconds + offset) for name, offset in self.offsets.items()}
        try:
            return getattr(ledger, self.method)(*self.args, **self.kwargs, **times, now=at(seconds))
        except EngineError as error:
            return (type(error), error.message, dict(error.metadata), error.violations)


@st.composite
def feeds(draw: st.DrawFn) -> Move:
    """A small feed, sometimes late, sometimes from a clock that runs ahead."""
    row = st.builds(
        LevelRow,
        keys,
        st.integers(-1, 15),
        unavailable=st.sampled_from([None, None, 0, 1]),
        safety_stock=st.sampled_from([None, None, 0, 1]),
        incoming=st.sampled_from([(), (), (Incoming(3, at(500)),)]),
        expiry_date=st.sampled_from([None, None, date(2026, 5, 1)]),
    )
    return Move(
        "set_levels",
        (draw(st.lists(row, min_size=1, max_size=4)),),
        {
            "owner": draw(st.sampled_from(StockOwner)),
            "kind": draw(st.sampled_from([FeedKind.DELTA, FeedKind.DELTA, FeedKind.FULL])),
            "request_id": draw(request_ids),
        },
        {"observed_time": draw(st.sampled_from([0, 0, -1, -5, -20, 3]))},
    )


@st.composite
def adjustments(draw: st.DrawFn) -> Move:
    """One or two adjustments."""
    one = st.builds(
        lambda kind, where, quantity: Adjustment(
            kind,
            where,
            quantity,
            LocationId("reno") if kind is AdjustmentKind.TRANSFER else None,
        ),
        st.sampled_from(AdjustmentKind),
        keys,
        st.integers(1, 5),
    )
    made = draw(st.lists(one, min_size=1, max_size=2))
    return Move("adjust", (made,), {"request_id": draw(request_ids)})


@st.composite
def holds(draw: st.DrawFn) -> Move:
    """A hold of one to three rows."""
    row = st.builds(
        HoldRow, line_ids, st.integers(0, 1), keys, st.integers(1, 3), serials=st.just(())
    )
    rows = draw(st.lists(row, min_size=draw(st.sampled_from([1, 1, 1, 0])), max_size=3))
    kwargs: dict[str, Any] = {"request_id": draw(request_ids), "payload": b"\x00plan"}
    if draw(st.integers(0, 3)) == 0:
        short = draw(st.lists(st.tuples(keys, st.integers(1, 3)), max_size=1))
        kwargs["replaces"] = Replaced(
            draw(plan_ids), draw(st.sampled_from([None, None, 1, 2])), tuple(short)
        )
    return Move(
        "hold",
        (draw(plan_ids), rows),
        kwargs,
        {"expire_time": draw(st.sampled_from([1, 20, 60, 200]))},
    )


@st.composite
def steps(draw: st.DrawFn, holds_made: list[Move]) -> Move:
    """A step of a plan that somebody tried to hold, or of some of it."""
    hold = draw(st.sampled_from(holds_made))
    method = draw(st.sampled_from(["commit", "commit", "extend", "release", "fulfill", "fulfill"]))
    kwargs: dict[str, Any] = {"request_id": draw(request_ids)}
    if method == "release":
        kwargs["lines"] = draw(st.sampled_from([(), (), (LineId("1"),), (LineId("2"),)]))
    if method == "fulfill" and hold.args[1] and draw(st.booleans()):
        row = draw(st.sampled_from(hold.args[1]))
        name = RowName(row.line_id, row.part, row.key)
        shares = st.builds(RowShare, st.just(name), st.sampled_from([None, 1, 2]))
        kwargs["rows"] = draw(st.lists(shares, min_size=1, max_size=2))
    if draw(st.integers(0, 19)) == 0:
        kwargs["if_revision"] = draw(st.integers(1, 3))
    offsets: dict[str, float] = {}
    if method == "extend":
        offsets = {"expire_time": draw(st.sampled_from([1.0, 30.0]))}
    return Move(method, hold.args[:1], kwargs, offsets)


sweeps = st.builds(lambda limit: Move("sweep", (), {"limit": limit}), st.sampled_from([1, 100]))
others = st.one_of(feeds(), adjustments(), sweeps)
jumps = st.sampled_from([0.0, 0.0, 1.0, 1.0, 1.0, 4.0, 19.0, 61.0, -1.0, -7.0])
full_shelves = Move("set_levels", ([LevelRow(one, 20) for one in KEYS],))

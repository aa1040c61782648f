"""Giving stock to plans that wait for it, and telling them when supply slips."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from allocation.ledger.core.book import Book
from allocation.ledger.core.expiring import keys_of
from allocation.ledger.core.serving import Claim, claims_of, in_order
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.core.turning import turn
from allocation.ledger.core.waiting import supply_at
from allocation.ledger.entry import ChangeReason
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import Buckets, Level, LevelKey, StockOwner
from allocation.ledger.waiting import (
    AllotBy,
    Allotted,
    Settled,
    Slipped,
    Waited,
    waiting_key,
)
from routing.counters import counted_item, is_counter_item
from routing.ids import ItemId, LocationId

Place = tuple[ItemId, LocationId]


@dataclass
class Waiters:
    """Plans that wait at some places, locked, and all levels of those places.

    Attributes
    ----------
    places
        Where somebody waits, in order.
    levels
        Levels of stock at each place.
    plans
        By id; those that have run out are left alone.
    asked
        The levels that were asked about.
    known
        Ids of all plans that were found there.
    """

    places: list[Place] = field(default_factory=list)
    levels: dict[Place, list[LevelKey]] = field(default_factory=dict)
    plans: dict[str, HeldPlan] = field(default_factory=dict)
    asked: Collection[LevelKey] = ()
    known: frozenset[str] = frozenset()

    def keys(self) -> list[LevelKey]:
        """Return every level that has to be open to settle with them."""
        stock = [key for keys in self.levels.values() for key in keys]
        return [*stock, *keys_of(self.plans.values())]


def find_waiters(tx: Transaction, keys: Collection[LevelKey], now: datetime) -> Waiters:
    """Return and lock who waits where these levels are; to be called before levels are opened.

    Levels may be among them that are still to be created.
    """
    if not tx.any_waiting():
        return Waiters(asked=keys)
    touched: dict[Place, set[LevelKey]] = {}
    for key in keys:
        if not is_counter_item(key.item_id):
            touched.setdefault((key.item_id, key.location_id), set()).add(key)
    if not touched:
        return Waiters()
    plans = tx.plans_on([waiting_key(*place) for place in sorted(touched)])
    alive = {plan.plan_id: plan for plan in plans if not plan.is_due(now)}
    waits = {(counted_item(key.item_id), key.location_id) for key in _keys(alive.values())}
    there = sorted(touched.keys() & waits)
    for key in tx.level_keys_of(there) if there else ():
        touched[key.item_id, key.location_id].add(key)
    levels = {place: sorted(touched[place], key=lambda key: key.order) for place in there}
    return Waiters(there, levels, alive, keys, frozenset(plan.plan_id for plan in plans))


def _keys(plans: Iterable[HeldPlan]) -> Iterator[LevelKey]:
    """Yield the counters of units that wait."""
    for claim in claims_of(plans):
        yield claim.row.key


def settle(
    tx: Transaction,
    book: Book,
    waiters: Waiters,
    order: Sequence[AllotBy],
    *,
    reschedule: Collection[Place] | None = None,
) -> Settled:
    """Give what is available to those that wait, and tell the others when theirs will come.

    Parameters
    ----------
    waiters
        Their levels are open in `book`.
    reschedule
        Where what is known of incoming supply, or who it is for, may have changed; ``None``:
        everywhere.
    """
    if waiters.asked:
        tx.confirm_waiting(waiters.asked, waiters.known)
    if not waiters.places:
        return Settled()
    desk = _Desk(book, waiters, order)
    for place in waiters.places:
        desk.allot(place)
        if reschedule is None or place in reschedule:
            desk.reschedule(place)
    for plan in desk.changed():
        tx.save_plan(plan)
    return Settled(tuple(desk.allotted), tuple(desk.slipped))


class _Desk:
    """Settles with the plans that wait, place by place."""

    def __init__(self, book: Book, waiters: Waiters, order: Sequence[AllotBy]) -> None:
        self.allotted: list[Allotted] = []
        self.slipped: list[Slipped] = []
        self._book = book
        self._waiters = waiters
        self._order = order
        self._plans = dict(waiters.plans)
        self._ids_at = _ids_by_counter(waiters.plans.values())

    def changed(self) -> list[HeldPlan]:
        """Return the plans that something has become of."""
        before = self._waiters.plans
        return [
            plan._replace(revision=plan.revision + 1)
            for plan_id, plan in sorted(self._plans.items())
            if plan is not before[plan_id]
        ]

    def allot(self, place: Place) -> None:
        """Give stock of a place to those that wait there, until one of the two runs out."""
        found = [self._book.find(key) for key in self._waiters.levels[place]]
        levels = [one for one in found if one is not None and one.owner is StockOwner.ENGINE]
        claims: list[Claim] | None = None
        for level in sorted(levels, key=_picked_first):
            if level.available > 0:
                claims = self._claims(place) if claims is None else claims
                if self._give_out(claims, level):
                    claims = None

    def _give_out(self, claims: Sequence[Claim], level: Level) -> bool:
        """Give a level to claims in their order; say whether one of them got any."""
        left = level.available
        for claim in claims:
            if left and claim.waited.fits(level.expiry_date, self._book.now):
                given = min(left, claim.row.quantity)
                self._give(claim, level.key, given)
                left -= given
        return left < level.available

    def _give(self, claim: Claim, key: LevelKey, quantity: int) -> None:
        plan = self._plans[claim.plan_id]
        self._plans[claim.plan_id] = turn(self._book, plan, claim.number, key, quantity)
        self.allotted.append(Allotted(claim.plan_id, claim.row.line_id, key, quantity))

    def reschedule(self, place: Place) -> None:
        """Date what waits at a place by the supply that is left for it."""
        supply, owed = supply_at(self._book, self._waiters.levels[place])
        due, newest = 0, None
        for claim in self._claims(place):
            owed += claim.row.quantity
            while supply and due < owed:
                # The last supply that is looked at is the one that completes the row.
                first = supply.pop(0)
                due, newest = due + first.sure, first.expected_time
            expected = newest if due >= owed else None
            self._expect(place, claim, _expected(claim.waited, expected, self._book.now))

    def _expect(self, place: Place, claim: Claim, after: datetime | None) -> None:
        before = claim.waited.expected_time
        if after == before:
            return
        plan = self._plans[claim.plan_id]
        rows = list(plan.rows)
        rows[claim.number] = claim.row._replace(waited=claim.waited._replace(expected_time=after))
        self._plans[claim.plan_id] = plan._replace(rows=tuple(rows))
        self.slipped.append(
            Slipped(claim.plan_id, claim.row.line_id, *place, claim.row.quantity, before, after)
        )
        comment = f"{claim.row.quantity} expected {_said(after)}, was {_said(before)}"
        # Where there is no level yet, the counter of those who wait has the note.
        known = (key for key in self._waiters.levels[place] if self._book.find(key) is not None)
        self._book.change(
            next(known, claim.row.key),
            ChangeReason.RESCHEDULE,
            Buckets(),
            plan_id=claim.plan_id,
            line_id=claim.row.line_id,
            comment=comment,
        )

    def _claims(self, place: Place) -> list[Claim]:
        """Return what waits at a place, in the order in which it is served."""
        key = waiting_key(*place)
        plans = (self._plans[plan_id] for plan_id in self._ids_at.get(key, ()))
        return in_order((one for one in claims_of(plans) if one.row.key == key), self._order)


def _ids_by_counter(plans: Iterable[HeldPlan]) -> dict[LevelKey, dict[str, None]]:
    """Return which plans wait at each place, so that no place is settled by looking at all."""
    found: dict[LevelKey, dict[str, None]] = {}
    for claim in claims_of(plans):
        found.setdefault(claim.row.key, {})[claim.plan_id] = None
    return found


def _picked_first(level: Level) -> tuple[date, date, str]:
    expiry, received = level.expiry_date or date.max, level.received_date or date.max
    return expiry, received, level.key.lot_id or ""


def _expected(waited: Waited, supply: datetime | None, now: datetime) -> datetime | None:
    """Return when units can be picked that this supply is for, or that none is for.

    Supply that is overdue was told with a time that does not hold any more: nobody knows,
    unless that is what is known already.
    """
    for time in (supply, waited.lead_time):
        if time is not None:
            start = max(time, waited.release_time or time)
            if time > now or start == waited.expected_time:
                return start
    return None


def _said(time: datetime | None) -> str:
    return "nobody knows when" if time is None else time.isoformat()

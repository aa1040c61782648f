"""Keeping serials in one plan each, whatever a write does to plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from allocation.ledger.core.transaction import Transaction
from allocation.ledger.errors import SerialTakenError
from allocation.ledger.hold import HeldPlan
from allocation.ledger.serials import SerialClaim, SerialKey
from allocation.ledger.states import HoldState


def settle_serials(tx: Transaction, now: datetime) -> None:
    """Write down what the changed plans of a write claim now, and free what they do not.

    Plans without serials cost nothing here.

    Raises
    ------
    SerialTakenError
        Another plan has a unit, it has left already, or it is at another location.
    """
    changed = tx.changed_plans()
    if not any(_names_units(before) or _names_units(after) for before, after in changed):
        return
    freed: dict[SerialKey, str] = {}
    wanted: dict[SerialKey, list[SerialClaim]] = {}
    for before, after in changed:
        had = _claims(before)
        has = _claims(after)
        freed.update((key, after.plan_id) for key in had.keys() - has.keys())
        for key, claims in has.items():
            if claims != had.get(key):
                wanted.setdefault(key, []).extend(claims)
    if freed or wanted:
        _write(tx, now, freed, wanted)


def claims_of(plan: HeldPlan) -> Iterator[SerialClaim]:
    """Yield what a plan claims: the serials of its rows that were not given back."""
    for row in plan.rows:
        if row.serials and row.state not in (HoldState.RELEASED, HoldState.EXPIRED):
            until = plan.expire_time if row.state is HoldState.HELD else None
            shipped = row.state is HoldState.FULFILLED
            for serial in row.serials:
                key = SerialKey(row.key.item_id, serial)
                yield SerialClaim(key, plan.plan_id, until, shipped, row.key)


def _names_units(plan: HeldPlan | None) -> bool:
    return plan is not None and any(row.serials for row in plan.rows)


def _claims(plan: HeldPlan | None) -> dict[SerialKey, list[SerialClaim]]:
    found: dict[SerialKey, list[SerialClaim]] = {}
    for claim in claims_of(plan) if plan is not None else ():
        found.setdefault(claim.key, []).append(claim)
    return found


def _write(
    tx: Transaction,
    now: datetime,
    freed: dict[SerialKey, str],
    wanted: dict[SerialKey, list[SerialClaim]],
) -> None:
    known = tx.serials(sorted(freed.keys() | wanted.keys()))
    saved = {
        key: replace(known[key], plan_id=None, until=None)
        for key, plan_id in freed.items()
        # Somebody else may have taken it since the hold ran out.
        if key in known and known[key].plan_id == plan_id
    }
    now_is = {key: saved.get(key, known.get(key, SerialClaim(key))) for key in wanted}
    taken = [_in_the_way(now_is[key], claims, now) for key, claims in wanted.items()]
    refused = [one for one in taken if one is not None]
    if refused:
        raise SerialTakenError(refused)
    for key, claims in wanted.items():
        # Where it is, is known from those who put it there, and not from who asks for it.
        place = None if claims[0].shipped else now_is[key].place
        saved[key] = replace(claims[0], place=place)
    tx.save_serials([saved[key] for key in sorted(saved)])


def _in_the_way(known: SerialClaim, claims: list[SerialClaim], now: datetime) -> SerialClaim | None:
    first = claims[0]
    if known.is_promised(now):
        if known.plan_id != first.plan_id:
            return known
    elif not known.is_free(now) or _is_elsewhere(known, first):
        return replace(known, plan_id=None)
    # Two rows of one plan, or of two plans of one write, cannot have one unit either.
    return first if len(claims) > 1 else None


def _is_elsewhere(known: SerialClaim, wanted: SerialClaim) -> bool:
    return (
        known.place is not None
        and wanted.place is not None
        and known.place.location_id != wanted.place.location_id
    )

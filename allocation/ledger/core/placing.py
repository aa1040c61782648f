"""Keeping serials in one place each, whatever people and feeds report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.errors import SerialTakenError
from allocation.ledger.level import LevelKey
from allocation.ledger.serials import SerialClaim, SerialKey

Claims = dict[SerialKey, SerialClaim]
"""All units of a write as they are by now."""


def move_serials(
    tx: Transaction,
    now: datetime,
    adjustments: Iterable[Adjustment],
    on_hand: Mapping[LevelKey, int],
) -> None:
    """Write down where the units of adjustments are now, in the order of these.

    Parameters
    ----------
    on_hand
        Of the levels, before the adjustments.

    Raises
    ------
    SerialTakenError
        A unit is in a plan, or at another location, so that it cannot be where it was seen; or
        it cannot come in, as it is there already.
    """
    naming = [one for one in adjustments if one.serials]
    if not naming:
        return
    named = [key for one in naming for key in _keys(one)]
    counted = [one.key for one in naming if one.kind is AdjustmentKind.COUNT]
    before = read_claims(tx, named, counted)
    claims = dict(before)
    refused: list[SerialClaim] = []
    received: set[SerialKey] = set()
    for one in naming:
        if one.kind is AdjustmentKind.COUNT:
            claims.update(gone_from(claims, one.key, set(one.serials), now))
        for key in _keys(one):
            problem = _problem(claims[key], one, now)
            if problem is None and one.kind is AdjustmentKind.RECEIVE:
                if key in received or _is_there_already(tx, claims[key], one.key, on_hand):
                    problem = claims[key]
                received.add(key)
            if problem is None:
                claims[key] = _MOVES[one.kind](claims[key], one)
            else:
                refused.append(problem)
    if refused:
        raise SerialTakenError(refused)
    save_changed(tx, before, claims)


def read_claims(
    tx: Transaction, named: Iterable[SerialKey], levels: Collection[LevelKey]
) -> Claims:
    """Return the claims on units that are named, and on all that are part of some levels."""
    keys = sorted({*named, *(tx.serials_at(levels) if levels else ())})
    known = tx.serials(keys)
    return {key: known.get(key, SerialClaim(key)) for key in keys}


def gone_from(
    claims: Mapping[SerialKey, SerialClaim], level: LevelKey, seen: Collection[str], now: datetime
) -> Claims:
    """Return the units of a level that were not seen there, as units that are nowhere.

    What a plan was promised stays where it was: who picks it will see.
    """
    return {
        key: replace(claim, place=None, set_aside=False)
        for key, claim in claims.items()
        if claim.place == level and key.serial not in seen and not claim.is_promised(now)
    }


def save_changed(tx: Transaction, before: Claims, after: Claims) -> None:
    """Write what is not as it was."""
    tx.save_serials([claim for key, claim in sorted(after.items()) if claim != before[key]])


def _keys(adjustment: Adjustment) -> list[SerialKey]:
    return [SerialKey(adjustment.key.item_id, serial) for serial in adjustment.serials]


def _problem(claim: SerialClaim, adjustment: Adjustment, now: datetime) -> SerialClaim | None:
    """Return the claim if it is at odds with what was reported."""
    kind, is_here = adjustment.kind, _is_here(claim, adjustment)
    if claim.shipped:
        return None if kind in _SEEN else claim
    if claim.is_promised(now):
        return None if kind is AdjustmentKind.COUNT and is_here else claim
    misplaced = not is_here and kind is not AdjustmentKind.COUNT
    barred = claim.set_aside and kind in _OF_GOOD_UNITS
    return replace(claim, plan_id=None, until=None) if misplaced or barred else None


def _is_there_already(
    tx: Transaction, claim: SerialClaim, level: LevelKey, on_hand: Mapping[LevelKey, int]
) -> bool:
    """Say whether a unit is surely part of a level.

    One that left without being scanned still seems to be there when it comes back; then fewer
    units are on hand than are known by their serials.
    """
    if claim.place != level:
        return False
    return len(tx.serials_at([level])) <= on_hand.get(level, 0)


def _is_here(claim: SerialClaim, adjustment: Adjustment) -> bool:
    here = adjustment.key.location_id
    return claim.place is None or claim.place.location_id == here


def _came(claim: SerialClaim, adjustment: Adjustment) -> SerialClaim:
    return SerialClaim(claim.key, place=adjustment.key)


def _was_counted(claim: SerialClaim, adjustment: Adjustment) -> SerialClaim:
    if claim.shipped:
        return _came(claim, adjustment)
    return replace(claim, place=adjustment.key)


def _was_set_aside(claim: SerialClaim, adjustment: Adjustment) -> SerialClaim:
    return SerialClaim(claim.key, place=adjustment.key, set_aside=True)


def _was_written_off(claim: SerialClaim, adjustment: Adjustment) -> SerialClaim:
    del adjustment
    return SerialClaim(claim.key, shipped=True)


def _was_moved(claim: SerialClaim, adjustment: Adjustment) -> SerialClaim:
    # What is on its way is nowhere until it is received.
    arrived = adjustment.arrival_time is None
    return SerialClaim(claim.key, place=adjustment.to_key if arrived else None)


_SEEN: Final = frozenset({AdjustmentKind.RECEIVE, AdjustmentKind.COUNT})
"""Reports of units that may have left before."""

_OF_GOOD_UNITS: Final = frozenset(
    {
        AdjustmentKind.RECEIVE,
        AdjustmentKind.TRANSFER,
        AdjustmentKind.DAMAGE,
        AdjustmentKind.QUARANTINE,
    }
)
"""Reports that a unit which is set aside cannot be in."""

_MOVES: Final[Mapping[AdjustmentKind, Callable[[SerialClaim, Adjustment], SerialClaim]]] = (
    MappingProxyType(
        {
            AdjustmentKind.RECEIVE: _came,
            AdjustmentKind.COUNT: _was_counted,
            AdjustmentKind.DAMAGE: _was_set_aside,
            AdjustmentKind.QUARANTINE: _was_set_aside,
            AdjustmentKind.RESTORE: _came,
            AdjustmentKind.WRITE_OFF: _was_written_off,
            AdjustmentKind.TRANSFER: _was_moved,
        }
    )
)

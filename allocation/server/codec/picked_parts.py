"""Parts of a stored plan that left, with the serials or the lots that were really picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from allocation.ledger.hold import HeldPlan, RowName, RowShare
from allocation.ledger.waiting import is_waiting_key
from allocation.server.codec.findings import Findings
from allocation.server.codec.picked import Picked
from allocation.server.codec.plan_parts import (
    GivenPart,
    increments_of,
    left_of,
    shares_of,
    spread,
)
from routing.ids import ItemId, LotId


def picked_shares(given: GivenPart, plan: HeldPlan, findings: Findings) -> list[RowShare]:
    """Return which rows the units are taken from; those of a picked lot come first.

    A whole part takes whatever is left of it; items of which nothing is told leave as planned.
    """
    names = given.part.names
    if given.is_whole and len(names) > 1 and _anything_waits(names):
        # No kit leaves without what waits for it: the ledger refuses, and says what waits.
        return shares_of(given, plan, findings)
    counts = {} if given.is_whole else increments_of(given, plan, findings)
    shares: list[RowShare] = []
    for item_id, planned in names.items():
        picked = given.picked.get(item_id)
        wanted = None if given.is_whole else counts.get(item_id, 0)
        if picked is not None:
            shares += _of_item(item_id, picked, planned, wanted, plan, findings)
        elif wanted is None:
            shares += map(RowShare, planned)
        else:
            shares += spread(planned, left_of(planned, plan), wanted)
    return shares


def _anything_waits(names: Mapping[ItemId, Sequence[RowName]]) -> bool:
    return any(is_waiting_key(row.key) for rows in names.values() for row in rows)


def _of_item(
    item_id: ItemId,
    picked: Picked,
    planned: Sequence[RowName],
    wanted: int | None,
    plan: HeldPlan,
    findings: Findings,
) -> list[RowShare]:
    """Return shares of the rows of one item: so many units, or all that are left."""
    names = sorted(
        (name for name in planned if not is_waiting_key(name.key)),
        key=lambda name: name.key.lot_id != picked.lot_id,
    )
    if not names:
        message = f"{item_id} waits for supply and cannot have left; receive the stock"
        findings.refuse(picked.path, message)
        return []
    left = left_of(names, plan)
    if wanted is None:
        wanted = sum(left.values())
    if not wanted:
        return _repeated(names, plan, picked)
    if picked.serials and len(picked.serials) != wanted:
        message = f"are {len(picked.serials)} for {wanted} units; scan each of them"
        findings.refuse(f"{picked.path}.serials", message)
        return []
    return _with_serials(spread(names, left, wanted), picked)


def _with_serials(shares: Sequence[RowShare], picked: Picked) -> list[RowShare]:
    found, first = [], 0
    for share in shares:
        last = first + (share.quantity or 0)
        serials = picked.serials[first:last]
        found.append(RowShare(share.name, share.quantity, serials, _lot(share.name, picked)))
        first = last
    return found


def _repeated(names: Sequence[RowName], plan: HeldPlan, picked: Picked) -> list[RowShare]:
    """Name rows of which nothing is left; the ledger says whether it was these units."""
    owner: Mapping[str, RowName] = {
        serial: row.name for row in plan.rows for serial in row.serials if row.name in names
    }
    return [
        RowShare(
            name,
            serials=tuple(one for one in picked.serials if owner.get(one, names[-1]) == name),
        )
        for name in names
    ]


def _lot(name: RowName, picked: Picked) -> LotId | None:
    return picked.lot_id if picked.lot_id != name.key.lot_id else None

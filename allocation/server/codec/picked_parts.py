"""Parts of a stored plan that left, with the serials or the lot that were really picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from allocation.ledger.hold import HeldPlan, RowName, RowShare
from allocation.ledger.waiting import is_waiting_key
from allocation.server.codec.findings import Findings
from allocation.server.codec.plan_parts import GivenPart, increments_of, left_of, spread
from routing.ids import LotId


def picked_shares(given: GivenPart, plan: HeldPlan, findings: Findings) -> list[RowShare]:
    """Return which rows the units are taken from; those of the picked lot come first.

    A whole part takes whatever is left of it. What cannot be told apart is refused.
    """
    if len(given.part.names) != 1:
        count = len(given.part.names)
        message = f"the part is made of {count} items; leave serials and lot_id out"
        findings.refuse(given.path, message)
        return []
    [(item_id, planned)] = given.part.names.items()
    names = sorted(
        (name for name in planned if not is_waiting_key(name.key)),
        key=lambda name: name.key.lot_id != given.lot_id,
    )
    if not names:
        findings.refuse(given.path, "waits for supply and cannot have left; receive the stock")
        return []
    left = left_of(names, plan)
    wanted = sum(left.values())
    if not given.is_whole:
        wanted = increments_of(given, plan, findings).get(item_id, 0)
    if not wanted:
        return _repeated(names, plan, given)
    if given.serials and len(given.serials) != wanted:
        message = f"are {len(given.serials)} for {wanted} units; scan each of them"
        findings.refuse(f"{given.path}.serials", message)
        return []
    return _with_serials(spread(names, left, wanted), given)


def _with_serials(shares: Sequence[RowShare], given: GivenPart) -> list[RowShare]:
    found, first = [], 0
    for share in shares:
        last = first + (share.quantity or 0)
        found.append(
            RowShare(share.name, share.quantity, given.serials[first:last], _lot(share.name, given))
        )
        first = last
    return found


def _repeated(names: Sequence[RowName], plan: HeldPlan, given: GivenPart) -> list[RowShare]:
    """Name rows of which nothing is left; the ledger says whether it was these units."""
    owner: Mapping[str, RowName] = {
        serial: row.name for row in plan.rows for serial in row.serials if row.name in names
    }
    return [
        RowShare(
            name,
            serials=tuple(one for one in given.serials if owner.get(one, names[-1]) == name),
        )
        for name in names
    ]


def _lot(name: RowName, given: GivenPart) -> LotId | None:
    return given.lot_id if given.lot_id != name.key.lot_id else None

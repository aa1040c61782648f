"""Which units a row names by their serials when some of it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from allocation.ledger.core.key_check import id_violations
from allocation.ledger.hold import HeldRow
from routing.errors import Violation


def serial_violations(path: str, serials: Sequence[str], quantity: int) -> list[Violation]:
    """Return what is wrong with the serials of so many units; none at all is fine."""
    found = [
        violation
        for index, serial in enumerate(serials)
        for violation in id_violations(f"{path}[{index}]", serial)
    ]
    if len(set(serials)) < len(serials):
        found.append(Violation(path, "names a serial twice"))
    if serials and len(serials) != quantity:
        found.append(Violation(path, f"are {len(serials)} for {quantity} units; name each of them"))
    return found


def leaving_serials(row: HeldRow, quantity: int, scanned: Sequence[str]) -> tuple[str, ...]:
    """Return the serials of units of a row that leave: those scanned, or those that were held."""
    return tuple(scanned) or row.serials[:quantity]


def split(row: HeldRow, leaves: HeldRow) -> HeldRow:
    """Return what is left of a row of which a part has left."""
    quantity = row.quantity - leaves.quantity
    others = _without(row.serials, leaves.serials)
    return row._replace(quantity=quantity, serials=others[:quantity])


def _without(serials: Iterable[str], left: Sequence[str]) -> tuple[str, ...]:
    gone = set(left)
    return tuple(serial for serial in serials if serial not in gone)

"""What was really picked of a part of a plan, item by item."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.text import decode_id, decode_word
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import alternative_pb2
from routing.ids import ItemId, LotId

Given = pb.FulfilledPart | alternative_pb2.BaselinePart


@dataclass(frozen=True, slots=True)
class Picked:
    """What was picked of an item, as a call says it at `path`; empty, ``None``: not told."""

    path: str
    serials: tuple[str, ...] = ()
    lot_id: LotId | None = None


def decode_picked(
    given: Given, path: str, findings: Findings, item_ids: Collection[ItemId]
) -> dict[ItemId, Picked]:
    """Return what a call says was picked of a part that is made of these items.

    Of a part of one item that is told with the part itself, else item by item.
    """
    if not isinstance(given, pb.FulfilledPart):
        return {}
    found: dict[ItemId, Picked] = {}
    if given.serials or given.lot_id:
        whole = _decode(given, path, findings)
        if len(item_ids) == 1:
            found[next(iter(item_ids))] = whole
        else:
            count = len(item_ids)
            findings.refuse(path, f"the part is made of {count} items; name each in `picked`")
    for index, each in enumerate(given.picked):
        at = f"{path}.picked[{index}]"
        item_id = ItemId(each.inventory_item_id)
        picked = _decode(each, at, findings)
        if item_id not in item_ids:
            there = ", ".join(sorted(item_ids)) or "no item"
            message = f"is {shown(item_id)}; the part has {there}"
            findings.refuse(f"{at}.inventory_item_id", message)
        elif item_id in found:
            message = f"{shown(item_id)} is told twice; give its serials and lot once"
            findings.refuse(f"{at}.inventory_item_id", message)
        elif picked.serials or picked.lot_id:
            found[item_id] = picked
    return found


def _decode(message: pb.FulfilledPart | pb.PickedItem, path: str, findings: Findings) -> Picked:
    serials = [
        decode_id(serial, f"{path}.serials[{index}]", findings)
        for index, serial in enumerate(message.serials)
    ]
    if len(set(serials)) < len(serials):
        findings.refuse(f"{path}.serials", "names a serial twice; give each once")
    lot_id = decode_word(message.lot_id, f"{path}.lot_id", findings)
    return Picked(path, tuple(serials), LotId(lot_id) if lot_id else None)

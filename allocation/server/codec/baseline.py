"""The caller's own choice, to compare a plan with."""

from __future__ import annotations

from collections.abc import Collection

from allocation.engine_api import Baseline, BaselinePart
from allocation.server.codec.decimal import decode_quantity_e6
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.names import Names
from allocation.server.codec.text import decode_id, decode_prose
from allocation.v1 import alternative_pb2
from routing.ids import LineId, LocationId


def decode_baseline(
    message: alternative_pb2.Baseline,
    path: str,
    findings: Findings,
    names: Names,
    line_ids: Collection[str],
    most_parts: int,
) -> Baseline:
    """Return a baseline; its parts name lines of the order."""
    if len(message.parts) > most_parts:
        findings.refuse(f"{path}.parts", f"has {len(message.parts)} entries; give {most_parts}")
        return Baseline("", ())
    parts = []
    for index, part in enumerate(message.parts):
        at = f"{path}.parts[{index}]"
        if part.line_id not in line_ids:
            given = f"is {shown(part.line_id)}"
            findings.refuse(f"{at}.line_id", f"{given}; give the id of a line of the order")
        decode_id(part.location_id, f"{at}.location_id", findings)
        location_id = LocationId(part.location_id)
        names.location(location_id, f"{at}.location_id")
        quantity = decode_quantity_e6(part.quantity.value, f"{at}.quantity", findings)
        parts.append(BaselinePart(LineId(part.line_id), location_id, quantity or 0))
    label = decode_prose(message.label, f"{path}.label", findings)
    return Baseline(label=label, parts=tuple(parts))

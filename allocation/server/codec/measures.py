"""Sizes of things and cartons: decimal millimetres, exact to the micrometre."""

from __future__ import annotations

from typing import Final

from allocation.server.codec.decimal import decode_e6
from allocation.server.codec.findings import Findings, shown
from routing.item import MAX_LENGTH_UM, Dimensions
from routing.v1 import measures_pb2

_UM_PER_E6_MM: Final = 1_000


def decode_dimensions(
    message: measures_pb2.Dimensions, path: str, findings: Findings
) -> Dimensions | None:
    """Return a size; ``None`` when one of its sides has a problem."""
    lengths = [
        _length_um(message, name, f"{path}.{name}", findings)
        for name in ("length_mm", "width_mm", "height_mm")
    ]
    return None if None in lengths else Dimensions(*(side for side in lengths if side is not None))


def _length_um(
    message: measures_pb2.Dimensions, name: str, path: str, findings: Findings
) -> int | None:
    text = getattr(message, name).value
    value_e6 = decode_e6(text, path, findings)
    if value_e6 is None:
        return None
    length_um, rest = divmod(value_e6, _UM_PER_E6_MM)
    if rest:
        findings.refuse(path, f"is {shown(text)}; give at most three decimals")
    elif not 0 < length_um <= MAX_LENGTH_UM:
        findings.refuse(path, f"is {shown(text)}; it must lie in (0, {MAX_LENGTH_UM // 1000}] mm")
    else:
        return length_um
    return None

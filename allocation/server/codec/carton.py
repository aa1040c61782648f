"""Cartons."""

from __future__ import annotations

from typing import Final

from allocation.server.codec.decimal import decode_range_e6
from allocation.server.codec.findings import Findings
from allocation.server.codec.measures import decode_dimensions
from allocation.server.codec.money import MoneyReader
from allocation.server.codec.text import decode_id, decode_prose, decode_word
from routing.carton import Carton
from routing.ids import CartonId
from routing.item import MAX_WEIGHT_UG
from routing.quantity import E6
from routing.v1 import carton_pb2

MOST_WEIGHT_G: Final = MAX_WEIGHT_UG // E6

# The domain's names of what the contract calls otherwise.
_FIELDS: Final = {
    "tare_ug": "tare_g",
    "max_weight_ug": "max_weight_g",
    "cost_minor": "cost",
    "void_fill_minor_per_m3": "void_fill_cost_per_m3",
    "outer.length_um": "outer.length_mm",
    "outer.width_um": "outer.width_mm",
    "outer.height_um": "outer.height_mm",
}


def decode_carton(
    message: carton_pb2.Carton, path: str, findings: Findings, currency: str | None
) -> Carton | None:
    """Return a carton; ``None`` when it has a problem.

    Parameters
    ----------
    currency
        That of the network; ``None``: any one.
    """
    known = len(findings.violations)
    money = MoneyReader(findings, currency, "the network")
    carton_id = decode_id(message.id, f"{path}.id", findings)
    inner = outer = None
    if not message.HasField("inner"):
        findings.refuse(f"{path}.inner", "is missing; give the room for contents")
    else:
        inner = decode_dimensions(message.inner, f"{path}.inner", findings)
    if message.HasField("outer"):
        outer = decode_dimensions(message.outer, f"{path}.outer", findings)
    name = decode_prose(message.name, f"{path}.name", findings)
    tare = _weight_ug(message, "tare_g", path, findings)
    heaviest = _weight_ug(message, "max_weight_g", path, findings)
    cost, void_fill = (
        money.minor(getattr(message, field), f"{path}.{field}") if message.HasField(field) else 0
        for field in ("cost", "void_fill_cost_per_m3")
    )
    rate_code = decode_word(message.rate_code, f"{path}.rate_code", findings)
    if inner is None or len(findings.violations) > known:
        return None
    own = Findings()
    carton = own.build(
        "",
        lambda: Carton(
            id=CartonId(carton_id),
            inner=inner,
            outer=outer or inner,
            name=name or carton_id,
            tare_ug=tare or 0,
            max_weight_ug=heaviest,
            cost_minor=cost,
            fill_percent=message.fill_percent or 100,
            void_fill_minor_per_m3=void_fill,
            rate_code=rate_code,
        ),
    )
    for each in own.violations:
        findings.refuse(f"{path}.{_FIELDS.get(each.path, each.path)}", each.message)
    return carton


def _weight_ug(message: carton_pb2.Carton, field: str, path: str, findings: Findings) -> int | None:
    """Return a weight; millionths of a gram are micrograms."""
    if not message.HasField(field):  # type: ignore[arg-type]
        return None
    text = getattr(message, field).value
    return decode_range_e6(text, f"{path}.{field}", findings, MOST_WEIGHT_G)

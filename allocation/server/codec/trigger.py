"""What of a parcel itself makes a surcharge due."""

from __future__ import annotations

from typing import Final

from allocation.server.codec.decimal import decode_range_e6, encode_decimal
from allocation.server.codec.findings import Findings
from routing.quantity import E6
from routing.rating.trigger import Trigger
from routing.rating.weights import NL_PER_IN3, UG_PER_LB, UM_PER_IN
from routing.v1 import rate_card_pb2

# Field of the contract -> field of the domain, the domain's units in one of the contract's,
# and the greatest value.
_FIELDS: Final = {
    "over_longest_side_in": ("longest_over_um", UM_PER_IN, 1_000_000),
    "over_second_side_in": ("second_over_um", UM_PER_IN, 1_000_000),
    "over_length_plus_girth_in": ("length_plus_girth_over_um", UM_PER_IN, 1_000_000),
    "over_volume_in3": ("volume_over_nl", NL_PER_IN3, 1_000_000_000),
    "over_actual_weight_lb": ("weight_over_ug", UG_PER_LB, 1_000_000),
}


def decode_trigger(
    message: rate_card_pb2.SurchargeTrigger, path: str, findings: Findings
) -> Trigger | None:
    """Return a trigger; ``None`` when it has a problem."""
    known = len(findings.violations)
    limits: dict[str, int] = {}
    for field, (name, unit, most) in _FIELDS.items():
        if message.HasField(field):  # type: ignore[arg-type]
            text = getattr(message, field).value
            value = decode_range_e6(text, f"{path}.{field}", findings, most)
            if value is not None:
                limits[name] = value * unit // E6
    if len(findings.violations) > known:
        return None
    return findings.build(path, lambda: Trigger(**limits))


def encode_trigger(trigger: Trigger) -> rate_card_pb2.SurchargeTrigger:
    """Return a trigger that `decode_trigger` reads as the same one."""
    message = rate_card_pb2.SurchargeTrigger()
    for field, (name, unit, _) in _FIELDS.items():
        limit = getattr(trigger, name)
        if limit is not None:
            getattr(message, field).CopyFrom(encode_decimal(-(-limit * E6 // unit), 6))
    return message

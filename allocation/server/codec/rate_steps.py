"""Price steps of a rate card, by rate zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allocation.server.codec.decimal import decode_range_e6
from allocation.server.codec.findings import Findings
from allocation.server.codec.money import MoneyReader
from allocation.server.codec.surcharge import MOST_RATE_ZONE, decode_limit_lb
from routing.rating.rate_steps import RateStep, ZoneRates
from routing.rating.zones import RateZone
from routing.v1 import rate_card_pb2

MOST_STEPS: Final = 20_000
MOST_WEIGHT_G: Final = 1_000_000_000


def decode_steps(
    messages: Sequence[rate_card_pb2.RateStep], path: str, findings: Findings, money: MoneyReader
) -> tuple[ZoneRates, ...]:
    """Return the steps by rate zone, each zone's in the order in which they stand."""
    if len(messages) > MOST_STEPS:
        findings.refuse(path, f"has {len(messages)} entries; give at most {MOST_STEPS}")
        return ()
    if not messages:
        findings.refuse(path, "is empty; a card has at least one step")
    by_zone: dict[RateZone, list[RateStep]] = {}
    for index, message in enumerate(messages):
        at = f"{path}[{index}]"
        zone = RateZone(message.rate_zone)
        if not 0 <= zone <= MOST_RATE_ZONE:
            findings.refuse(f"{at}.rate_zone", f"is {zone}; it must lie in [0, {MOST_RATE_ZONE}]")
        limit_ug = _limit_ug(message, at, findings)
        if not message.HasField("price"):
            findings.refuse(f"{at}.price", "is missing; say what a parcel pays")
            continue
        price = money.minor(message.price, f"{at}.price")
        if limit_ug is not None:
            by_zone.setdefault(zone, []).append(RateStep(limit_ug, price))
    return tuple(ZoneRates(zone, tuple(steps)) for zone, steps in sorted(by_zone.items()))


def _limit_ug(message: rate_card_pb2.RateStep, path: str, findings: Findings) -> int | None:
    has_g, has_lb = message.HasField("max_weight_g"), message.HasField("max_weight_lb")
    if has_g == has_lb:
        said = "has both weights" if has_g else "has no weight"
        findings.refuse(path, f"{said}; give exactly one of max_weight_g and max_weight_lb")
        return None
    if has_lb:
        return decode_limit_lb(message, "max_weight_lb", path, findings)
    return decode_range_e6(
        message.max_weight_g.value, f"{path}.max_weight_g", findings, MOST_WEIGHT_G
    )

"""Price steps of a rate card, by rate zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allocation.server.codec.decimal import decode_range_e6
from allocation.server.codec.findings import Findings
from allocation.server.codec.money import MoneyReader
from allocation.server.codec.surcharge import MOST_RATE_ZONE, decode_limit_lb
from allocation.server.codec.text import decode_id
from routing.rating.rate_steps import CartonRate, RateStep, ZoneRates
from routing.rating.zones import RateZone
from routing.v1 import rate_card_pb2

MOST_STEPS: Final = 20_000
MOST_CARTON_RATES: Final = 5_000
MOST_WEIGHT_G: Final = 1_000_000_000


def decode_rates(
    card: rate_card_pb2.RateCard, path: str, findings: Findings, money: MoneyReader
) -> tuple[ZoneRates, ...]:
    """Return steps and flat prices by rate zone, each in the order in which they stand."""
    if not card.steps and not card.carton_rates:
        findings.refuse(f"{path}.steps", "is empty; a card has at least one step or carton rate")
    steps = _steps(card.steps, f"{path}.steps", findings, money)
    cartons = _cartons(card.carton_rates, f"{path}.carton_rates", findings, money)
    return tuple(
        ZoneRates(zone, tuple(steps.get(zone, ())), tuple(cartons.get(zone, ())))
        for zone in sorted(steps.keys() | cartons.keys())
    )


def _cartons(
    messages: Sequence[rate_card_pb2.CartonRate], path: str, findings: Findings, money: MoneyReader
) -> dict[RateZone, list[CartonRate]]:
    by_zone: dict[RateZone, list[CartonRate]] = {}
    if len(messages) > MOST_CARTON_RATES:
        findings.refuse(path, f"has {len(messages)} entries; give at most {MOST_CARTON_RATES}")
        return by_zone
    for index, message in enumerate(messages):
        at = f"{path}[{index}]"
        zone = _zone(message.rate_zone, at, findings)
        code = decode_id(message.rate_code, f"{at}.rate_code", findings)
        limit_ug = decode_limit_lb(message, "max_weight_lb", at, findings)
        for field in ("max_weight_lb", "price"):
            if not message.HasField(field):
                findings.refuse(f"{at}.{field}", "is missing; give it")
        if message.HasField("price") and limit_ug is not None:
            price = money.minor(message.price, f"{at}.price")
            by_zone.setdefault(zone, []).append(CartonRate(code, limit_ug, price))
    return by_zone


def _zone(number: int, path: str, findings: Findings) -> RateZone:
    if not 0 <= number <= MOST_RATE_ZONE:
        findings.refuse(f"{path}.rate_zone", f"is {number}; it must lie in [0, {MOST_RATE_ZONE}]")
    return RateZone(number)


def _steps(
    messages: Sequence[rate_card_pb2.RateStep], path: str, findings: Findings, money: MoneyReader
) -> dict[RateZone, list[RateStep]]:
    by_zone: dict[RateZone, list[RateStep]] = {}
    if len(messages) > MOST_STEPS:
        findings.refuse(path, f"has {len(messages)} entries; give at most {MOST_STEPS}")
        return by_zone
    for index, message in enumerate(messages):
        at = f"{path}[{index}]"
        zone = _zone(message.rate_zone, at, findings)
        limit_ug = _limit_ug(message, at, findings)
        if not message.HasField("price"):
            findings.refuse(f"{at}.price", "is missing; say what a parcel pays")
            continue
        price = money.minor(message.price, f"{at}.price")
        if limit_ug is not None:
            by_zone.setdefault(zone, []).append(RateStep(limit_ug, price))
    return by_zone


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

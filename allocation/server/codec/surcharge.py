"""Surcharges of a rate card."""

from __future__ import annotations

from typing import Final

from google.type import decimal_pb2

from allocation.server.codec.decimal import decode_range_e6, encode_decimal
from allocation.server.codec.findings import Findings
from allocation.server.codec.money import MoneyReader, encode_money
from allocation.server.codec.text import decode_id, decode_word
from allocation.server.codec.times import decode_date, encode_date
from allocation.server.codec.trigger import decode_trigger, encode_trigger
from routing.quantity import E6
from routing.rating.surcharge import PercentOf, Surcharge, SurchargeKind
from routing.rating.weights import UG_PER_LB
from routing.rating.zones import RateZone
from routing.v1 import rate_card_pb2

MOST_BASIS_POINTS: Final = 100_000
MOST_RATE_ZONE: Final = 999
MOST_WEIGHT_LB: Final = 1_000_000


def decode_surcharge(
    message: rate_card_pb2.Surcharge, path: str, findings: Findings, money: MoneyReader
) -> Surcharge | None:
    """Return a surcharge; ``None`` when it has a problem."""
    known = len(findings.violations)
    name = decode_id(message.name, f"{path}.name", findings)
    kind, amount = _kind_and_amount(message, path, findings, money)
    zones: dict[str, RateZone | None] = {}
    for field in ("min_rate_zone", "max_rate_zone"):
        given = getattr(message, field) if message.HasField(field) else None
        if given is not None and not 0 <= given <= MOST_RATE_ZONE:
            findings.refuse(f"{path}.{field}", f"is {given}; it must lie in [0, {MOST_RATE_ZONE}]")
        zones[field] = None if given is None else RateZone(given)
    dates = {
        field: decode_date(getattr(message, field), f"{path}.{field}", findings)
        if message.HasField(field)
        else None
        for field in ("start_date", "end_date")
    }
    over = decode_limit_lb(message, "over_weight_lb", path, findings)
    up_to = decode_limit_lb(message, "max_weight_lb", path, findings)
    least = decode_limit_lb(message, "min_billable_weight_lb", path, findings)
    area = decode_word(message.delivery_area, f"{path}.delivery_area", findings)
    group = decode_word(message.exclusive_group, f"{path}.exclusive_group", findings)
    trigger = None
    if message.HasField("trigger"):
        trigger = decode_trigger(message.trigger, f"{path}.trigger", findings)
    if message.residential_only and message.business_only:
        findings.refuse(f"{path}.business_only", "excludes residential_only; give one of both")
    if kind is None or len(findings.violations) > known:
        return None
    return findings.build(
        path,
        lambda: Surcharge(
            name=name,
            kind=kind,
            amount=amount,
            percent_of=PercentOf.BASE if message.of_base_only else PercentOf.BASE_AND_FLATS,
            residential=_residential(message),
            zone_from=zones["min_rate_zone"],
            zone_to=zones["max_rate_zone"],
            weight_over_ug=over,
            weight_up_to_ug=up_to,
            effective_from=dates["start_date"],
            effective_to=dates["end_date"],
            area=area,
            trigger=trigger,
            min_billable_ug=least or 0,
            group=group or "",
        ),
    )


def _residential(message: rate_card_pb2.Surcharge) -> bool | None:
    if message.business_only:
        return False
    return True if message.residential_only else None


def decode_limit_lb(
    message: rate_card_pb2.Surcharge
    | rate_card_pb2.RateStep
    | rate_card_pb2.RateCard
    | rate_card_pb2.CartonRate,
    field: str,
    path: str,
    findings: Findings,
) -> int | None:
    """Return a weight in pounds as the greatest micrograms within it; ``None`` if absent."""
    if not message.HasField(field):  # type: ignore[arg-type]
        return None
    text = getattr(message, field).value
    value = decode_range_e6(text, f"{path}.{field}", findings, MOST_WEIGHT_LB)
    return None if value is None else value * UG_PER_LB // E6


def encode_surcharge(surcharge: Surcharge, currency: str) -> rate_card_pb2.Surcharge:
    """Return a surcharge as a message; decoded again it is the same."""
    is_percent = surcharge.kind is SurchargeKind.PERCENT
    message = rate_card_pb2.Surcharge(
        name=surcharge.name,
        kind=rate_card_pb2.SURCHARGE_KIND_PERCENT
        if is_percent
        else rate_card_pb2.SURCHARGE_KIND_FLAT,
        residential_only=surcharge.residential is True,
        business_only=surcharge.residential is False,
        delivery_area=surcharge.area or "",
        exclusive_group=surcharge.group,
        min_rate_zone=surcharge.zone_from,
        max_rate_zone=surcharge.zone_to,
        of_base_only=is_percent and surcharge.percent_of is PercentOf.BASE,
    )
    if is_percent:
        message.basis_points = surcharge.amount
    else:
        message.amount.CopyFrom(encode_money(surcharge.amount, currency))
    if surcharge.weight_over_ug is not None:
        message.over_weight_lb.CopyFrom(encode_limit_lb(surcharge.weight_over_ug))
    if surcharge.weight_up_to_ug is not None:
        message.max_weight_lb.CopyFrom(encode_limit_lb(surcharge.weight_up_to_ug))
    if surcharge.trigger is not None:
        message.trigger.CopyFrom(encode_trigger(surcharge.trigger))
    if surcharge.min_billable_ug:
        message.min_billable_weight_lb.CopyFrom(encode_limit_lb(surcharge.min_billable_ug))
    if surcharge.effective_from is not None:
        message.start_date.CopyFrom(encode_date(surcharge.effective_from))
    if surcharge.effective_to is not None:
        message.end_date.CopyFrom(encode_date(surcharge.effective_to))
    return message


def encode_limit_lb(limit_ug: int) -> decimal_pb2.Decimal:
    """Return the pounds, to six decimals, that `decode_limit_lb` reads as `limit_ug`."""
    return encode_decimal(-(-limit_ug * E6 // UG_PER_LB), 6)


def _kind_and_amount(
    message: rate_card_pb2.Surcharge, path: str, findings: Findings, money: MoneyReader
) -> tuple[SurchargeKind | None, int]:
    if message.kind == rate_card_pb2.SURCHARGE_KIND_FLAT:
        if not message.HasField("amount"):
            findings.refuse(f"{path}.amount", "is missing; a flat surcharge needs it")
            return None, 0
        return SurchargeKind.FLAT, money.minor(message.amount, f"{path}.amount")
    if message.kind == rate_card_pb2.SURCHARGE_KIND_PERCENT:
        if not 0 <= message.basis_points <= MOST_BASIS_POINTS:
            given = f"is {message.basis_points}"
            findings.refuse(
                f"{path}.basis_points", f"{given}; it must lie in [0, {MOST_BASIS_POINTS}]"
            )
        return SurchargeKind.PERCENT, message.basis_points
    given = f"is {message.kind}" if message.kind else "is unspecified"
    findings.refuse(f"{path}.kind", f"{given}; give SURCHARGE_KIND_FLAT or SURCHARGE_KIND_PERCENT")
    return None, 0

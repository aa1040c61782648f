"""Days in transit of a carrier service."""

from __future__ import annotations

import re
from typing import Final

from allocation.server.codec.calendar import decode_weekday
from allocation.server.codec.carrier_service import decode_code
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.findings import Findings
from allocation.server.codec.surcharge import MOST_RATE_ZONE
from allocation.server.codec.text import decode_country
from routing.ids import CarrierCode, ServiceCode
from routing.promise.delivery_days import MONDAY_TO_FRIDAY_DAYS, DeliveryDays
from routing.rating.transit import AreaPair, TransitBasis, TransitRange, TransitTable
from routing.rating.zones import RateZone
from routing.v1 import rate_card_pb2

MOST_RANGES: Final = 100_000

BASES: Final = EnumTable(
    rate_card_pb2.TransitBasis, "TRANSIT_BASIS", TransitBasis, TransitBasis.ASSUMPTION
)

_ZIP3: Final = re.compile(r"[0-9]{3}")


def decode_transit(
    message: rate_card_pb2.TransitTable, path: str, findings: Findings
) -> TransitTable | None:
    """Return a transit table; ``None`` when it has a problem."""
    known = len(findings.violations)
    carrier = decode_code(message.carrier, f"{path}.carrier", findings)
    service = decode_code(message.service, f"{path}.service", findings)
    if len(message.ranges) > MOST_RANGES:
        findings.refuse(f"{path}.ranges", f"has too many entries; give at most {MOST_RANGES}")
        return None
    if not message.ranges:
        findings.refuse(f"{path}.ranges", "is empty; give at least one")
    ranges: list[TransitRange] = []
    pairs: dict[AreaPair, TransitRange] = {}
    for index, each in enumerate(message.ranges):
        at = f"{path}.ranges[{index}]"
        basis = BASES.decode(each.basis, f"{at}.basis", findings)
        pair = _pair(each, at, findings)
        found = TransitRange(
            RateZone(each.rate_zone),
            each.min_business_days,
            each.max_business_days,
            basis or TransitBasis.ASSUMPTION,
            each.on_time_percent or None,
        )
        if pair is None:
            ranges.append(found)
        elif pair in pairs:
            findings.refuse(at, "repeats a pair of areas; keep one")
        else:
            pairs[pair] = found
    delivers = _delivers(message, path, findings)
    if delivers is None or len(findings.violations) > known:
        return None
    return findings.build(
        path,
        lambda: TransitTable(
            CarrierCode(carrier), ServiceCode(service), tuple(ranges), pairs, delivers
        ),
    )


def _pair(message: rate_card_pb2.TransitRange, path: str, findings: Findings) -> AreaPair | None:
    """Return the pair of areas; ``None`` where the rate zone says."""
    ends = message.origin_zip3, message.destination_zip3
    if not any(ends):
        if not message.HasField("rate_zone"):
            findings.refuse(path, "has neither rate_zone nor areas; give one of both")
        elif not 0 <= message.rate_zone <= MOST_RATE_ZONE:
            given = f"is {message.rate_zone}"
            findings.refuse(f"{path}.rate_zone", f"{given}; it must lie in [0, {MOST_RATE_ZONE}]")
        return None
    if message.HasField("rate_zone"):
        findings.refuse(path, "has rate_zone and areas; give one of both")
    if not all(_ZIP3.fullmatch(end) for end in ends):
        findings.refuse(path, "needs three digits in origin_zip3 and in destination_zip3")
        return None
    return AreaPair(int(ends[0]), int(ends[1]))


def _delivers(
    message: rate_card_pb2.TransitTable, path: str, findings: Findings
) -> DeliveryDays | None:
    known = len(findings.violations)
    days = [
        decode_weekday(day, f"{path}.delivery_days[{index}]", findings)
        for index, day in enumerate(message.delivery_days)
    ]
    country = decode_country(message.holiday_country, f"{path}.holiday_country", findings)
    if len(findings.violations) > known:
        return None
    weekdays = frozenset(day for day in days if day is not None) or MONDAY_TO_FRIDAY_DAYS
    subdivision = message.holiday_subdivision or None
    return findings.build(path, lambda: DeliveryDays(weekdays, country, subdivision))

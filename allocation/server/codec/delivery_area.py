"""Delivery areas of a rate card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.text import decode_country, decode_id
from routing.geo.normalize import normalize_postal
from routing.rating.delivery_area import CodeRange, DeliveryArea
from routing.v1 import rate_card_pb2

MOST_AREAS: Final = 100
MOST_RANGES: Final = 100_000


def decode_areas(
    messages: Sequence[rate_card_pb2.DeliveryArea], path: str, findings: Findings
) -> tuple[DeliveryArea, ...]:
    """Return the areas that have no problem."""
    if len(messages) > MOST_AREAS:
        findings.refuse(path, f"has {len(messages)} entries; give at most {MOST_AREAS}")
        return ()
    decoded = (_area(each, f"{path}[{index}]", findings) for index, each in enumerate(messages))
    return tuple(area for area in decoded if area is not None)


def encode_area(area: DeliveryArea) -> rate_card_pb2.DeliveryArea:
    """Return an area of a shipped card."""
    return rate_card_pb2.DeliveryArea(
        name=area.name,
        ranges=[
            rate_card_pb2.PostalCodeRange(
                region_code=each.country,
                first_postal_code=each.first,
                last_postal_code=each.last,
            )
            for each in area.ranges
        ],
    )


def _area(
    message: rate_card_pb2.DeliveryArea, path: str, findings: Findings
) -> DeliveryArea | None:
    known = len(findings.violations)
    name = decode_id(message.name, f"{path}.name", findings)
    if len(message.ranges) > MOST_RANGES:
        findings.refuse(
            f"{path}.ranges", f"has {len(message.ranges)} entries; give at most {MOST_RANGES}"
        )
        return None
    ranges = [
        _range(each, f"{path}.ranges[{index}]", findings)
        for index, each in enumerate(message.ranges)
    ]
    if len(findings.violations) > known:
        return None
    ordered = tuple(sorted(each for each in ranges if each is not None))
    return findings.build(path, lambda: DeliveryArea(name, ordered))


def _range(
    message: rate_card_pb2.PostalCodeRange, path: str, findings: Findings
) -> CodeRange | None:
    country = decode_country(message.region_code, f"{path}.region_code", findings)
    if country is None:
        if not message.region_code:
            findings.refuse(f"{path}.region_code", "is missing; give a country such as 'US'")
        return None
    ends = []
    for field in ("first_postal_code", "last_postal_code"):
        text = getattr(message, field) or message.first_postal_code
        key = normalize_postal(country, text)
        if key is None:
            findings.refuse(f"{path}.{field}", f"is {shown(text)}; not a code of {country}")
            return None
        ends.append(key)
    return CodeRange(ends[0].country, ends[0].code, ends[1].code)

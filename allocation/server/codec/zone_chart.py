"""Official zone charts."""

from __future__ import annotations

import re
from typing import Final

from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.surcharge import MOST_RATE_ZONE
from allocation.server.codec.text import decode_country, decode_id, slug
from routing.ids import CarrierCode
from routing.rating.zone_chart import ChartEntry, CountryEntry, ZoneChart
from routing.rating.zones import RateZone
from routing.v1 import rate_card_pb2

_ZIP3: Final = re.compile(r"[0-9]{3}")


def decode_scheme(message: rate_card_pb2.ZoneChart, path: str, findings: Findings) -> str:
    """Return the code of the zone scheme that a chart is of."""
    return slug(decode_id(message.zone_scheme, f"{path}.zone_scheme", findings))


def decode_zone_chart(
    message: rate_card_pb2.ZoneChart, path: str, findings: Findings, carrier: CarrierCode
) -> ZoneChart | None:
    """Return a chart; ``None`` when it has a problem."""
    known = len(findings.violations)
    entries = []
    for index, pair in enumerate(message.pairs):
        zips = pair.origin_zip3, pair.destination_zip3
        fits = [_ZIP3.fullmatch(each) is not None for each in zips]
        if all(fits) and 0 <= pair.rate_zone <= MOST_RATE_ZONE:
            where = f"pairs[{index}]"
            entries.append(ChartEntry(int(zips[0]), int(zips[1]), RateZone(pair.rate_zone), where))
            continue
        at = f"{path}.pairs[{index}]"
        for name, text, fit in zip(("origin_zip3", "destination_zip3"), zips, fits, strict=True):
            if not fit:
                findings.refuse(f"{at}.{name}", f"is {shown(text)}; give three digits")
        if not 0 <= pair.rate_zone <= MOST_RATE_ZONE:
            given = f"is {pair.rate_zone}"
            findings.refuse(f"{at}.rate_zone", f"{given}; it must lie in [0, {MOST_RATE_ZONE}]")
    countries = [
        entry
        for index, pair in enumerate(message.country_pairs)
        if (entry := _country_entry(pair, path, index, findings)) is not None
    ]
    if len(findings.violations) > known:
        return None
    return findings.build(path, lambda: ZoneChart.of(carrier, entries, countries))


def _country_entry(
    pair: rate_card_pb2.CountryPair, path: str, index: int, findings: Findings
) -> CountryEntry | None:
    where = f"country_pairs[{index}]"
    at = f"{path}.{where}"
    origin = decode_country(pair.origin_region_code, f"{at}.origin_region_code", findings)
    to = decode_country(pair.destination_region_code, f"{at}.destination_region_code", findings)
    if not pair.destination_region_code:
        findings.refuse(f"{at}.destination_region_code", "is missing; say where the zone is")
    if not 0 <= pair.rate_zone <= MOST_RATE_ZONE:
        given = f"is {pair.rate_zone}"
        findings.refuse(f"{at}.rate_zone", f"{given}; it must lie in [0, {MOST_RATE_ZONE}]")
    return None if to is None else CountryEntry(origin or "", to, RateZone(pair.rate_zone), where)

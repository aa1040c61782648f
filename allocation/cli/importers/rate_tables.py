"""Tables of rate cards, zones and days in transit, as a file that servers load."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from google.protobuf import json_format
from google.type import dayofweek_pb2

from allocation.cli.failure import InvalidInputFileError
from allocation.server.codec.shipped_card import encode_shipped_card
from allocation.server.codec.transit import BASES
from allocation.server.config.network_paths import RATE_CARDS_FILE
from routing.errors import InvalidInputError
from routing.promise.delivery_days import MONDAY_TO_FRIDAY_DAYS
from routing.rating.load import load_cards
from routing.rating.load_transit import TRANSIT_FILE, parse_transit
from routing.rating.load_zones import parse_zone_charts
from routing.rating.table_file import read_table
from routing.rating.transit import TransitRange, TransitTable
from routing.rating.zone_chart import ZoneChart
from routing.rating.zones import UNKNOWN_ZONE
from routing.v1 import network_service_pb2, rate_card_pb2

ZONES_FILE: Final = "zones.csv"


def import_rate_tables(directory: Path) -> network_service_pb2.PutRateCardsRequest:
    """Read the tables of a directory.

    Parameters
    ----------
    directory
        Holds ``cards.csv`` and ``rates.csv``, and what there is of ``surcharges.csv``,
        ``areas.csv``, ``zones.csv`` and ``transit_days.csv``; each may be Parquet.

    Raises
    ------
    InvalidInputFileError
        With every problem of the tables that were read.
    """
    try:
        cards = load_cards(directory)
        zones = read_table(directory, ZONES_FILE, optional=True)
        charts = {} if zones is None else parse_zone_charts(ZONES_FILE, zones)
        days = read_table(directory, TRANSIT_FILE, optional=True)
        transit = () if days is None else parse_transit(days)
    except InvalidInputError as error:
        raise InvalidInputFileError(str(directory), map(str, error.violations)) from error
    except OSError as error:
        message = f"{error.filename}: {error.strerror}"
        raise InvalidInputFileError(str(directory), [message]) from error
    return network_service_pb2.PutRateCardsRequest(
        rate_cards=[encode_shipped_card(card) for card in cards],
        zone_charts=[_chart(scheme, chart) for scheme, chart in charts.items()],
        transit_tables=[_transit(table) for table in transit],
    )


def rate_card_documents(request: network_service_pb2.PutRateCardsRequest) -> dict[str, str]:
    """Return the text of the file by its name."""
    content: dict[str, Any] = json_format.MessageToDict(request, preserving_proto_field_name=True)
    return {RATE_CARDS_FILE: json.dumps(content, ensure_ascii=False, indent=1) + "\n"}


def _chart(scheme: str, chart: ZoneChart) -> rate_card_pb2.ZoneChart:
    pairs = [
        rate_card_pb2.ZonePair(
            origin_zip3=f"{origin:03d}", destination_zip3=f"{to:03d}", rate_zone=int(column[origin])
        )
        for to, column in sorted(chart.by_destination.items())
        for origin in np.flatnonzero(column != UNKNOWN_ZONE).tolist()
    ]
    countries = [
        rate_card_pb2.CountryPair(
            origin_region_code=origin, destination_region_code=to, rate_zone=zone
        )
        for (origin, to), zone in sorted(chart.by_country.items())
    ]
    return rate_card_pb2.ZoneChart(zone_scheme=scheme, pairs=pairs, country_pairs=countries)


def _transit(table: TransitTable) -> rate_card_pb2.TransitTable:
    delivers = table.delivers
    message = rate_card_pb2.TransitTable(
        carrier=table.carrier,
        service=table.service,
        ranges=_ranges(table),
        holiday_country=delivers.holiday_country or "",
        holiday_subdivision=delivers.holiday_subdivision or "",
    )
    if delivers.weekdays != MONDAY_TO_FRIDAY_DAYS:
        # The contract's days count from Monday as 1.
        message.delivery_days.extend(
            dayofweek_pb2.DayOfWeek.Name(day + 1) for day in sorted(delivers.weekdays)
        )
    return message


def _ranges(table: TransitTable) -> Iterator[rate_card_pb2.TransitRange]:
    for each in table.ranges:
        yield _range(each, rate_zone=each.zone)
    for pair, each in sorted(table.pairs.items()):
        yield _range(
            each, origin_zip3=f"{pair.origin_zip3:03d}", destination_zip3=f"{pair.dest_zip3:03d}"
        )


def _range(each: TransitRange, **place: Any) -> rate_card_pb2.TransitRange:
    return rate_card_pb2.TransitRange(
        min_business_days=each.min_business_days,
        max_business_days=each.max_business_days,
        basis=BASES.encode(each.basis),
        on_time_percent=each.on_time_percent or 0,
        **place,
    )

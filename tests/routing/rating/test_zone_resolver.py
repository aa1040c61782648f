from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import InvalidInputError
from routing.geo.coordinates import Coordinates
from routing.geo.military import MILITARY_ZIP3
from routing.ids import CarrierCode
from routing.rating.load_zones import load_zone_chart, shipped_zone_bands
from routing.rating.zone_chart import ChartEntry, ZoneChart
from routing.rating.zone_place import ZoneOrigins, ZonePlace
from routing.rating.zone_resolver import ZoneResolver
from routing.rating.zones import UNKNOWN_ZONE, RateZone

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
CHART_132 = SHARED / "zones" / "usps_zone_chart_132.csv"
UNKNOWN = int(UNKNOWN_ZONE)

SYRACUSE = ZonePlace("US", "13201", Coordinates(43.05, -76.15))
SEATTLE = ZonePlace("US", "98101", Coordinates(47.61, -122.33))
ANCHORAGE = ZonePlace("US", "99501", Coordinates(61.22, -149.86))
HONOLULU = ZonePlace("US", "96813", Coordinates(21.31, -157.86))
SAN_JUAN = ZonePlace("PR", "00901", Coordinates(18.47, -66.11))
NOWHERE = ZonePlace("US")
ORIGINS = (SYRACUSE, SEATTLE, ANCHORAGE, HONOLULU, SAN_JUAN, NOWHERE)


def zones(scheme: str, destination: ZonePlace, *origins: ZonePlace) -> list[int]:
    resolver = ZoneResolver(shipped_zone_bands()[scheme])
    found = resolver.zones(ZoneOrigins.of(origins or ORIGINS), destination)
    return [int(zone) for zone in found]


def without_zip(place: ZonePlace) -> ZonePlace:
    return ZonePlace(place.country_code, None, place.coordinates)


def chart_rows() -> list[tuple[str, int]]:
    if not CHART_132.exists():
        pytest.skip(f"the official chart is not here: {CHART_132}")
    with CHART_132.open(encoding="utf-8", newline="") as file:
        return [(row["dest_zip3"], int(row["zone"])) for row in csv.DictReader(file)]


def test_bands_alone_reproduce_the_official_chart_within_one_zone() -> None:
    origins = ZoneOrigins.of([SYRACUSE])
    resolver = ZoneResolver(shipped_zone_bands()["usps"])
    found = {
        zip3: (int(resolver.zones(origins, ZonePlace("US", zip3 + "00"))[0]), official)
        for zip3, official in chart_rows()
    }
    known = np.array([pair for pair in found.values() if pair[0] != UNKNOWN])
    errors = np.abs(known[:, 0] - known[:, 1])
    unplaced = {zip3 for zip3, (zone, _) in found.items() if zone == UNKNOWN}
    assert known.shape[0] >= 915
    assert (errors == 0).mean() >= 0.96
    assert errors.max() <= 1
    # Only military mail has no place; its last area, 099, is not in the public tables.
    assert unplaced <= MILITARY_ZIP3 | {"099"}


def test_a_loaded_chart_is_followed_to_the_letter() -> None:
    rows = chart_rows()
    usps = shipped_zone_bands()["usps"]
    resolver = ZoneResolver(usps, load_zone_chart(CHART_132, CarrierCode("usps")))
    origins = ZoneOrigins.of([SYRACUSE])
    found = [int(resolver.zones(origins, ZonePlace("US", z + "00"))[0]) for z, _ in rows]
    assert found == [official for _, official in rows]


def test_the_chart_wins_over_bands_and_exceptions_only_where_it_has_the_pair() -> None:
    chart = ZoneChart.of(CarrierCode("usps"), [ChartEntry(132, 969, RateZone(7), "")])
    resolver = ZoneResolver(shipped_zone_bands()["usps"], chart)
    origins = ZoneOrigins.of([SYRACUSE, SEATTLE])
    assert resolver.zones(origins, ZonePlace("PW", "96940")).tolist() == [7, 9]
    assert resolver.zones(origins, SEATTLE).tolist() == [8, 1]


def test_a_chart_of_another_carrier_is_refused() -> None:
    chart = ZoneChart.of(CarrierCode("ups"), [])
    with pytest.raises(InvalidInputError, match="ups"):
        ZoneResolver(shipped_zone_bands()["usps"], chart)


def test_usps_zones_reach_every_state_and_territory() -> None:
    assert zones("usps", SEATTLE) == [8, 1, 7, 8, 8, UNKNOWN]


def test_fedex_bands_hold_within_the_contiguous_states_only() -> None:
    for_seattle = [8, 2, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]
    nothing = [UNKNOWN] * 6
    assert zones("fedex-ground", SEATTLE) == for_seattle
    assert zones("fedex-ground", ANCHORAGE) == nothing
    assert zones("fedex-ground", HONOLULU) == nothing
    assert zones("fedex-ground-retail", SAN_JUAN) == nothing


def test_the_fedex_retail_scheme_has_zones_of_its_own_for_alaska_and_hawaii() -> None:
    outside = [UNKNOWN] * 3
    assert zones("fedex-ground-retail", ANCHORAGE)[:2] == [17, 17]
    assert zones("fedex-ground-retail", HONOLULU)[:2] == [9, 9]
    # The table is for parcels from the contiguous states: others are not guessed.
    assert zones("fedex-ground-retail", ANCHORAGE)[2:5] == outside


def test_places_without_a_zip_are_told_apart_by_coordinates() -> None:
    bare = [without_zip(place) for place in ORIGINS]
    for_seattle = [8, 2, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]
    assert zones("fedex-ground", without_zip(SEATTLE), *bare) == for_seattle
    assert zones("fedex-ground-retail", without_zip(HONOLULU), *bare) == [UNKNOWN] * 6


def test_ends_with_and_without_a_zip_mix() -> None:
    assert zones("usps", without_zip(SEATTLE), SYRACUSE, without_zip(SYRACUSE)) == [8, 8]
    assert zones("usps", SEATTLE, SYRACUSE, without_zip(SYRACUSE)) == [8, 8]


def test_a_zip_is_enough_without_coordinates() -> None:
    assert zones("usps", ZonePlace("US", "98101-1234"), ZonePlace("US", "13201")) == [8]


def test_abroad_is_unknown_however_near() -> None:
    toronto = ZonePlace("CA", "M5H 2N2", Coordinates(43.65, -79.38))
    assert zones("usps", toronto) == [UNKNOWN] * 6
    assert zones("usps", SYRACUSE, toronto) == [UNKNOWN]


def test_military_mail_has_no_zone_even_when_someone_gives_coordinates() -> None:
    ramstein = ZonePlace("US", "09094", Coordinates(49.44, 7.6))
    assert zones("usps", ramstein) == [UNKNOWN] * 6
    assert zones("usps", SEATTLE, ramstein) == [UNKNOWN]


def test_a_destination_without_zip_and_coordinates_has_no_zone() -> None:
    assert zones("usps", NOWHERE) == [UNKNOWN] * 6


@given(st.permutations(range(len(ORIGINS))), st.sampled_from(sorted(shipped_zone_bands())))
def test_permuting_the_locations_permutes_the_zones(order: list[int], scheme: str) -> None:
    plain = zones(scheme, SEATTLE)
    assert zones(scheme, SEATTLE, *(ORIGINS[i] for i in order)) == [plain[i] for i in order]

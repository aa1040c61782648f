from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from routing.errors import InvalidInputError
from routing.ids import CarrierCode
from routing.rating.load_zones import load_zone_chart
from routing.rating.zone_bands import ZipException, ZoneBand, ZoneBands
from routing.rating.zone_chart import ChartEntry, CountryEntry, ZoneChart
from routing.rating.zone_place import ZoneOrigins, ZonePlace
from routing.rating.zone_resolver import ZoneResolver
from routing.rating.zones import UNKNOWN_ZONE, RateZone

USPS = CarrierCode("usps")
HEADER = "carrier,origin_zip3,dest_zip3,zone,vintage\n"


def entry(origin: int, destination: int, zone: int, where: str = "here") -> ChartEntry:
    return ChartEntry(origin, destination, RateZone(zone), where)


def test_a_chart_is_directed_and_silent_where_it_has_no_pair() -> None:
    chart = ZoneChart.of(USPS, [entry(132, 5, 3), entry(100, 5, 2)])
    origins = np.array([132, 100, 5, -1, 999])
    unknown = int(UNKNOWN_ZONE)
    assert chart.zones(origins, 5).tolist() == [3, 2, unknown, unknown, unknown]
    assert set(chart.zones(origins, 132).tolist()) == {unknown}
    assert set(chart.zones(origins, None).tolist()) == {unknown}


def test_contradictions_and_impossible_areas_are_reported_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        ZoneChart.of(
            USPS,
            [
                entry(1, 2, 3, "a"),
                entry(1, 2, 3, "b"),
                entry(1, 2, 4, "c"),
                entry(1000, 2, 4, "d"),
                entry(3, 2, -1, "e"),
            ],
        )
    assert [violation.path for violation in caught.value.violations] == ["c", "d", "e"]


def test_a_chart_file_gives_its_own_carriers_rows(tmp_path: Path) -> None:
    path = tmp_path / "chart.csv"
    path.write_text(HEADER + "USPS,132,005,3,2026\nUPS,132,005,4,2026\n", encoding="utf-8")
    assert load_zone_chart(path, USPS).zones(np.array([132]), 5).tolist() == [3]
    with pytest.raises(InvalidInputError, match="no row of carrier fedex"):
        load_zone_chart(path, CarrierCode("fedex"))


def test_problems_of_a_chart_file_carry_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "chart.csv"
    path.write_text(HEADER + "USPS,13x,005,,2026\nUSPS,132,005,3,2026\n", encoding="utf-8")
    with pytest.raises(InvalidInputError) as caught:
        load_zone_chart(path, USPS)
    assert [violation.path for violation in caught.value.violations] == ["chart.csv:2"] * 2


# --- countries ---------------------------------------------------------------


def pair(origin: str, destination: str, zone: int, where: str = "here") -> CountryEntry:
    return CountryEntry(origin, destination, RateZone(zone), where)


def test_a_country_has_the_zone_of_its_pair_else_the_one_from_anywhere() -> None:
    chart = ZoneChart.of(USPS, [], [pair("US", "CA", 1), pair("", "CA", 7), pair("", "DE", 8)])
    assert chart.country_zone("US", "CA") == 1
    assert chart.country_zone("GB", "CA") == 7
    assert chart.country_zone("US", "DE") == 8
    assert chart.country_zone("US", "FR") == UNKNOWN_ZONE
    assert chart.country_zone("CA", "US") == UNKNOWN_ZONE


def test_contradicting_and_negative_country_pairs_are_reported_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        ZoneChart.of(
            USPS,
            [entry(1000, 2, 4, "a")],
            [
                pair("US", "CA", 1, "b"),
                pair("US", "CA", 1, "c"),
                pair("US", "CA", 2, "d"),
                pair("", "CA", -1, "e"),
            ],
        )
    assert [violation.path for violation in caught.value.violations] == ["a", "d", "e"]


def test_between_countries_the_chart_decides_and_within_the_us_areas_come_first() -> None:
    chart = ZoneChart.of(
        USPS,
        [entry(100, 941, 3)],
        [pair("US", "DE", 11), pair("DE", "DE", 1), pair("", "US", 9), pair("US", "PR", 5)],
    )
    nothing = ZoneBands(
        "own",
        USPS,
        (ZoneBand(RateZone(99), None),),
        exceptions=(ZipException(0, 99_999, UNKNOWN_ZONE),),
    )
    resolver = ZoneResolver(nothing, chart)
    origins = ZoneOrigins.of(
        [ZonePlace("US", "10001"), ZonePlace("DE", "10115"), ZonePlace("", None)]
    )
    unknown = int(UNKNOWN_ZONE)

    def zones(country: str, code: str | None) -> list[int]:
        return [int(zone) for zone in resolver.zones(origins, ZonePlace(country, code))]

    assert zones("DE", "80331") == [11, 1, unknown]
    assert zones("DE", None) == [11, 1, unknown]
    assert zones("FR", "75001") == [unknown] * 3
    assert zones("US", "94103") == [3, 9, 9]
    assert zones("US", "60601") == [9, 9, 9]
    assert zones("PR", "00901") == [5, unknown, unknown]


def test_a_chart_file_may_have_countries(tmp_path: Path) -> None:
    path = tmp_path / "chart.csv"
    path.write_text(
        "carrier,origin_zip3,dest_zip3,zone,origin_country,dest_country\n"
        "usps,132,005,3,,\nusps,,,7,us,ca\nusps,,,8,,DE\n",
        encoding="utf-8",
    )
    chart = load_zone_chart(path, USPS)
    assert chart.zones(np.array([132]), 5).tolist() == [3]
    assert dict(chart.by_country) == {("US", "CA"): 7, ("", "DE"): 8}


def test_problems_of_countries_carry_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "chart.csv"
    path.write_text(
        "carrier,origin_zip3,dest_zip3,zone,origin_country,dest_country\n"
        "usps,,,7,USA,CA\nusps,,,7,US,\nusps,132,005,7,US,CA\nusps,,,,US,CA\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidInputError) as caught:
        load_zone_chart(path, USPS)
    assert [each.path for each in caught.value.violations] == [
        "chart.csv:2", "chart.csv:3", "chart.csv:4", "chart.csv:5",
    ]  # fmt: skip

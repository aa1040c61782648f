from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from routing.errors import InvalidInputError
from routing.ids import CarrierCode
from routing.rating.load_zones import load_zone_chart
from routing.rating.zone_chart import ChartEntry, ZoneChart
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

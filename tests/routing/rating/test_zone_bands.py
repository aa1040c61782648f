from __future__ import annotations

import numpy as np
import pytest

from routing.errors import InvalidInputError
from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.ids import CarrierCode
from routing.rating.load_zones import parse_zone_bands, shipped_zone_bands
from routing.rating.zone_bands import ZipException, ZoneBand, ZoneBands
from routing.rating.zones import UNKNOWN_ZONE, RateZone

BANDS = "scheme,carrier,scope,zone,miles_over,miles_up_to\n"
EXCEPTIONS = "scheme,zip_from,zip_to,zone\n"


def test_a_distance_at_exactly_the_end_of_a_ring_is_within_it() -> None:
    # 50 miles are 80,467.2 m and 1,000 miles 1,609,344 m.
    distances = np.array([0, 80_467, 80_468, 1_609_344, 1_609_345, 19_000_000])
    assert shipped_zone_bands()["usps"].zones_at(distances).tolist() == [1, 1, 2, 5, 6, 8]
    assert shipped_zone_bands()["fedex-ground"].zones_at(distances[:3]).tolist() == [2, 2, 2]


def test_an_unknown_distance_has_no_zone() -> None:
    zones = shipped_zone_bands()["usps"].zones_at(np.array([UNKNOWN_DISTANCE_M, 5]))
    assert zones.tolist() == [UNKNOWN_ZONE, 1]


def test_the_associated_states_are_usps_zone_9_by_zip() -> None:
    bands = shipped_zone_bands()["usps"]
    inside = [bands.exception_for(z) for z in ("96939", "96944", "96960", "96970")]
    outside = [bands.exception_for(z) for z in ("96938", "96945", "96910", "13201")]
    assert {each.zone for each in inside if each} == {9}
    assert all(inside)
    assert outside == [None] * 4


def test_disorder_among_rings_and_exceptions_is_reported_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        ZoneBands(
            "s",
            CarrierCode("c"),
            (ZoneBand(RateZone(-2), 10), ZoneBand(RateZone(1), 10), ZoneBand(RateZone(2), 20)),
            exceptions=(
                ZipException(10, 9, UNKNOWN_ZONE),
                ZipException(50, 60, UNKNOWN_ZONE),
                ZipException(60, 70, UNKNOWN_ZONE),
            ),
        )
    messages = " ".join(map(str, caught.value.violations))
    for part in ("-2 is negative", "not above 10", "must have no end", "not a range", "00060"):
        assert part in messages
    with pytest.raises(InvalidInputError, match="only the last ring"):
        ZoneBands("s", CarrierCode("c"), (ZoneBand(RateZone(1), None), ZoneBand(RateZone(2), None)))
    with pytest.raises(InvalidInputError, match="at least one ring"):
        ZoneBands("s", CarrierCode("c"), ())


def test_a_gap_between_rings_is_reported_with_file_and_line() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_zone_bands(
            BANDS + "s,c,us,1,0,50\ns,c,us,2,60,\n", EXCEPTIONS + "t,10,20,\ns,x,20,\n"
        )
    paths = sorted(violation.path for violation in caught.value.violations)
    assert paths == ["zone_bands.csv:3", "zone_exceptions.csv:2", "zone_exceptions.csv:3"]


def test_rows_of_one_scheme_must_agree_on_carrier_and_scope() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_zone_bands(BANDS + "s,c,moon,1,0,50\ns,d,us,2,50,\n", EXCEPTIONS)
    assert len(caught.value.violations) == 3

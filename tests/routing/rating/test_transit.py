from __future__ import annotations

import numpy as np
import pytest

from routing.errors import InvalidInputError
from routing.ids import CarrierCode, ServiceCode
from routing.rating.load_transit import parse_transit, shipped_transit
from routing.rating.transit import (
    BASES,
    NO_BASIS,
    UNKNOWN_PERCENT,
    UNKNOWN_TRANSIT_DAYS,
    AreaPair,
    TransitBasis,
    TransitRange,
    TransitTable,
)
from routing.rating.zones import UNKNOWN_ZONE, RateZone

HEADER = "carrier,service,zone,min_business_days,max_business_days,basis\n"


def shipped(carrier: str) -> TransitTable:
    (table,) = (
        table
        for table in shipped_transit()
        if (table.carrier, table.service) in {("usps", "ground-advantage"), ("fedex", "ground")}
        and table.carrier == carrier
    )
    return table


def test_each_zone_gets_its_range_and_unknown_zones_get_none() -> None:
    zones = np.array([1, 4, 9, UNKNOWN_ZONE, 77], dtype=np.int16)
    days = shipped("usps").business_days(zones)
    assert days.fewest.tolist() == [2, 3, 5, UNKNOWN_TRANSIT_DAYS, UNKNOWN_TRANSIT_DAYS]
    assert days.most.tolist() == [3, 4, 7, UNKNOWN_TRANSIT_DAYS, UNKNOWN_TRANSIT_DAYS]
    assert [days.basis[1], days.basis[3]] == [BASES.index(TransitBasis.ASSUMPTION), NO_BASIS]
    assert set(days.on_time_percent.tolist()) == {UNKNOWN_PERCENT}


def test_nothing_is_known_about_ground_service_to_alaska_and_hawaii() -> None:
    days = shipped("fedex").business_days(np.array([2, 8, 9, 17], dtype=np.int16))
    assert days.fewest.tolist() == [1, 5, UNKNOWN_TRANSIT_DAYS, UNKNOWN_TRANSIT_DAYS]


def test_every_shipped_range_that_was_spread_over_zones_is_marked_as_an_assumption() -> None:
    for table in shipped_transit():
        bases, ranges = {each.basis for each in table.ranges}, set[tuple[int, int]]()
        ranges = {(each.min_business_days, each.max_business_days) for each in table.ranges}
        published = bases == {TransitBasis.PUBLISHED}
        assert published == (len(ranges) == 1), "one range for all zones is what carriers publish"
        assert published or bases == {TransitBasis.ASSUMPTION}


def test_nothing_shipped_arrives_on_a_public_holiday_of_the_united_states() -> None:
    assert {table.delivers.holiday_country for table in shipped_transit()} == {"US"}


def test_farther_zones_are_never_faster() -> None:
    for table in shipped_transit():
        days = table.business_days(np.array([e.zone for e in table.ranges], np.int16))
        assert (np.diff(days.fewest) >= 0).all()
        assert (np.diff(days.most) >= 0).all()


def test_a_pair_of_areas_wins_over_the_zone_and_only_in_its_own_direction() -> None:
    zone = TransitRange(RateZone(4), 3, 4, TransitBasis.PUBLISHED)
    near = TransitRange(RateZone(4), 1, 2, TransitBasis.MEASURED, 96)
    table = TransitTable(CarrierCode("c"), ServiceCode("s"), (zone,), {AreaPair(100, 902): near})
    zones, origins = np.array([4, 4, 4], dtype=np.int16), np.array([100, 902, -1])
    days = table.business_days(zones, origins, 902)
    assert days.fewest.tolist() == [1, 3, 3]
    assert days.on_time_percent.tolist() == [96, UNKNOWN_PERCENT, UNKNOWN_PERCENT]
    assert days.basis.tolist() == [2, 0, 0]
    assert table.business_days(zones, origins, 100).fewest.tolist() == [3, 3, 3]
    assert table.business_days(zones, origins, None).fewest.tolist() == [3, 3, 3]


PAIRS = (
    "carrier,service,zone,min_business_days,max_business_days,basis,origin_zip3,dest_zip3,"
    "on_time_percent,delivery_weekdays,holiday_country\n"
)


def test_pairs_delivery_days_and_confidence_are_read_from_a_table() -> None:
    (table,) = parse_transit(
        PAIRS + "c,s,4,3,4,PUBLISHED,,,,1111110,US\nc,s,,1,2,MEASURED,100,902,96,,\n"
    )
    assert table.pairs[AreaPair(100, 902)].on_time_percent == 96
    assert table.delivers.weekdays == frozenset(range(6))
    assert table.delivers.holiday_country == "US"


def test_all_problems_of_pairs_and_delivery_days_are_found() -> None:
    rows = (
        "c,s,4,3,4,PUBLISHED,,,101,1111110,US\n"
        "c,s,,1,2,MEASURED,1,902,,,\n"
        "d,s,4,3,4,PUBLISHED,,,,111,\n"
        "e,s,4,3,4,PUBLISHED,,,,1111110,\n"
        "e,s,5,3,4,PUBLISHED,,,,1111111,\n"
        "f,s,,1,2,MEASURED,100,902,,,\n"
        "f,s,,1,2,MEASURED,100,902,,,\n"
    )
    with pytest.raises(InvalidInputError) as caught:
        parse_transit(PAIRS + rows)
    text = "\n".join(str(each) for each in caught.value.violations)
    for part in (
        "must both be three digits",
        "'111' is not seven digits",
        "delivery_weekdays is 1111110 and 1111111",
        "repeats 100 to 902",
    ):
        assert part in text


def test_repeated_zones_and_impossible_ranges_are_refused_together() -> None:
    wrong = TransitRange(RateZone(2), 5, 4, TransitBasis.PUBLISHED)
    with pytest.raises(InvalidInputError) as caught:
        TransitTable(CarrierCode("c"), ServiceCode("s"), (wrong, wrong))
    assert len(caught.value.violations) == 3


def test_problems_of_a_transit_table_carry_file_and_line() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_transit(HEADER + "c,s,1,2,3,GUESS\nc,s,x,2,,PUBLISHED\n")
    assert [v.path for v in caught.value.violations] == [
        "transit_days.csv:2",
        "transit_days.csv:3",
        "transit_days.csv:3",
    ]

from __future__ import annotations

import numpy as np
import pytest

from routing.errors import InvalidInputError
from routing.ids import CarrierCode, ServiceCode
from routing.rating.load_transit import parse_transit, shipped_transit
from routing.rating.transit import (
    UNKNOWN_TRANSIT_DAYS,
    TransitBasis,
    TransitRange,
    TransitTable,
)
from routing.rating.zones import UNKNOWN_ZONE, RateZone

HEADER = "carrier,service,zone,min_business_days,max_business_days,basis\n"


def shipped(carrier: str) -> TransitTable:
    (table,) = (table for table in shipped_transit() if table.carrier == carrier)
    return table


def test_each_zone_gets_its_range_and_unknown_zones_get_none() -> None:
    zones = np.array([1, 4, 9, UNKNOWN_ZONE, 77], dtype=np.int16)
    fewest, most = shipped("usps").business_days(zones)
    assert fewest.tolist() == [2, 3, 5, UNKNOWN_TRANSIT_DAYS, UNKNOWN_TRANSIT_DAYS]
    assert most.tolist() == [3, 4, 7, UNKNOWN_TRANSIT_DAYS, UNKNOWN_TRANSIT_DAYS]


def test_nothing_is_known_about_ground_service_to_alaska_and_hawaii() -> None:
    fewest, _ = shipped("fedex").business_days(np.array([2, 8, 9, 17], dtype=np.int16))
    assert fewest.tolist() == [1, 5, UNKNOWN_TRANSIT_DAYS, UNKNOWN_TRANSIT_DAYS]


def test_every_shipped_range_by_zone_is_marked_as_an_assumption() -> None:
    bases = {each.basis for table in shipped_transit() for each in table.ranges}
    assert bases == {TransitBasis.ASSUMPTION}


def test_farther_zones_are_never_faster() -> None:
    for table in shipped_transit():
        fewest, most = table.business_days(np.array([e.zone for e in table.ranges], np.int16))
        assert (np.diff(fewest) >= 0).all()
        assert (np.diff(most) >= 0).all()


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

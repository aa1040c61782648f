from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import InvalidInputError
from routing.geo.coordinates import Coordinates, coordinate_arrays


@pytest.mark.parametrize(("lat_deg", "lng_deg"), [(90.0, 180.0), (-90.0, -180.0), (0.0, 0.0)])
def test_the_ends_of_the_ranges_are_points(lat_deg: float, lng_deg: float) -> None:
    point = Coordinates(lat_deg, lng_deg)
    assert (point.lat_deg, point.lng_deg) == (lat_deg, lng_deg)


def test_both_problems_of_a_point_are_named_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Coordinates(90.0001, math.nan)
    lat, lng = caught.value.violations
    assert lat.path == "lat_deg"
    assert lat.message == "90.0001 is outside [-90, 90] degrees"
    assert lng.path == "lng_deg"
    assert "nan is not a finite number" in lng.message


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 180.0001, -180.0001])
def test_a_bad_longitude_alone_is_the_only_problem(bad: float) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Coordinates(0.0, bad)
    assert [violation.path for violation in caught.value.violations] == ["lng_deg"]


@given(st.floats(), st.floats())
def test_a_point_is_made_exactly_when_both_values_are_in_range(lat: float, lng: float) -> None:
    if -90 <= lat <= 90 and -180 <= lng <= 180:
        assert Coordinates(lat, lng) == Coordinates(lat, lng)
    else:
        with pytest.raises(InvalidInputError):
            Coordinates(lat, lng)


def test_unknown_points_become_nan_in_both_arrays() -> None:
    lat_deg, lng_deg = coordinate_arrays([Coordinates(1.5, -2.5), None])
    np.testing.assert_array_equal(lat_deg, [1.5, np.nan])
    np.testing.assert_array_equal(lng_deg, [-2.5, np.nan])


def test_no_points_make_empty_float_arrays() -> None:
    lat_deg, lng_deg = coordinate_arrays([])
    assert lat_deg.shape == lng_deg.shape == (0,)
    assert lat_deg.dtype == lng_deg.dtype == np.float64

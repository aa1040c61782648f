from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.geo.coordinates import Coordinates, coordinate_arrays
from routing.geo.distance import (
    EARTH_RADIUS_M,
    GREAT_CIRCLE_ERROR,
    UNKNOWN_DISTANCE_M,
    geodesic_m,
    great_circle_between_m,
    great_circle_m,
    rank_by_distance,
)

POINTS = st.builds(
    Coordinates,
    st.floats(-90, 90, allow_nan=False),
    st.floats(-180, 180, allow_nan=False),
)
NEW_YORK = Coordinates(40.7128, -74.0060)
LOS_ANGELES = Coordinates(34.0522, -118.2437)


@given(POINTS, POINTS)
def test_a_great_circle_is_the_same_from_either_end(a: Coordinates, b: Coordinates) -> None:
    assert great_circle_between_m(a, b) == great_circle_between_m(b, a)


@given(POINTS)
def test_a_point_is_zero_metres_from_itself(point: Coordinates) -> None:
    assert great_circle_between_m(point, point) == 0


@given(POINTS, POINTS)
@example(Coordinates(0, 0), Coordinates(0.000_01, 0))
@example(Coordinates(0, -180), Coordinates(0, 180))
@example(Coordinates(90, 0), Coordinates(90, 123))
def test_zero_metres_means_less_than_a_metre_on_the_ellipsoid(
    a: Coordinates, b: Coordinates
) -> None:
    if great_circle_between_m(a, b) == 0:
        assert geodesic_m(a, b) <= 1
    else:
        assert a != b


@given(POINTS, POINTS)
@example(Coordinates(0, 0), Coordinates(1, 0))
@example(Coordinates(90, 0), Coordinates(89, 0))
@example(Coordinates(0, 0), Coordinates(0, 180))
def test_a_great_circle_stays_within_its_stated_error(a: Coordinates, b: Coordinates) -> None:
    exact = geodesic_m(a, b)
    # Both are rounded to metres, which adds half a metre each.
    assert abs(great_circle_between_m(a, b) - exact) <= GREAT_CIRCLE_ERROR * exact + 1


def test_the_stated_error_is_reached_north_to_south_at_the_equator() -> None:
    a, b = Coordinates(-0.5, 20), Coordinates(0.5, 20)
    error = great_circle_between_m(a, b) / geodesic_m(a, b) - 1
    assert 0.0056 < error <= GREAT_CIRCLE_ERROR


def test_a_quarter_of_the_equator_is_a_quarter_of_the_circumference() -> None:
    quarter = great_circle_between_m(Coordinates(0, 0), Coordinates(0, 90))
    assert quarter == round(math.pi / 2 * EARTH_RADIUS_M)


def test_antipodes_are_half_the_circumference_apart() -> None:
    distance = great_circle_between_m(Coordinates(12.3, 45.6), Coordinates(-12.3, -134.4))
    assert distance == round(math.pi * EARTH_RADIUS_M)


def test_a_geodesic_follows_wgs_84() -> None:
    # One degree of latitude and of longitude at the equator, by the ellipsoid's definition.
    assert geodesic_m(Coordinates(0, 0), Coordinates(1, 0)) == 110_574
    assert geodesic_m(Coordinates(0, 0), Coordinates(0, 1)) == 111_319


@given(st.lists(st.none() | POINTS, max_size=8), POINTS)
def test_many_origins_give_what_each_gives_alone(
    origins: list[Coordinates | None], destination: Coordinates
) -> None:
    distances = great_circle_m(*coordinate_arrays(origins), destination)
    assert distances.dtype == np.int64
    assert distances.tolist() == [
        UNKNOWN_DISTANCE_M
        if origin is None
        else pytest.approx(great_circle_between_m(origin, destination), abs=1)
        for origin in origins
    ]


@pytest.mark.parametrize(("lat", "lng"), [(math.nan, 1.0), (1.0, math.nan), (math.nan, math.nan)])
def test_an_origin_with_either_coordinate_missing_is_unknown(lat: float, lng: float) -> None:
    assert great_circle_m(np.array([lat]), np.array([lng]), NEW_YORK) == [UNKNOWN_DISTANCE_M]


def test_unknown_distances_can_be_added_without_overflow() -> None:
    unknown = np.full(3, UNKNOWN_DISTANCE_M, dtype=np.int64)
    assert int(unknown.sum()) > UNKNOWN_DISTANCE_M


def test_unknown_origins_rank_behind_the_far_side_of_the_earth() -> None:
    antipode = Coordinates(-NEW_YORK.lat_deg, NEW_YORK.lng_deg + 180)
    distances = great_circle_m(
        *coordinate_arrays([None, antipode, NEW_YORK, LOS_ANGELES]), NEW_YORK
    )
    assert rank_by_distance(distances).tolist() == [2, 3, 1, 0]


def test_equal_distances_rank_by_rank_and_then_by_id() -> None:
    distances = np.array([7, 7, 7, 3], dtype=np.int64)
    ranks = np.array([2, 1, 1, 9])
    ids = np.array(["a", "c", "b", "z"])
    assert rank_by_distance(distances, ranks, ids).tolist() == [3, 2, 1, 0]


@given(st.lists(st.integers(0, 3), max_size=12))
def test_what_ties_in_every_key_keeps_its_order(metres: list[int]) -> None:
    order = rank_by_distance(np.array(metres, dtype=np.int64)).tolist()
    assert order == sorted(range(len(metres)), key=metres.__getitem__)

"""Places keep their directions on paper, and areas their size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.backtest.report.projection import Frame, fit, frame_of

FRAMES = {
    "united states": Frame(24.0, 50.0, -125.0, -66.0),
    "australia": Frame(-44.0, -10.0, 112.0, 154.0),
    "kenya": Frame(-5.0, 5.0, 33.0, 42.0),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_north_is_up_east_is_right_and_everything_is_on_the_paper(frame):
    projection = fit(frame, 500)
    lat = np.array([frame.north, frame.south, 0, 0]) * 1.0
    middle = (frame.west + frame.east) / 2, (frame.south + frame.north) / 2
    lat[2:] = middle[1]
    lng = np.array([middle[0], middle[0], frame.west, frame.east])
    x, y = projection.points(lat, lng)
    assert y[0] < y[1]
    assert x[2] < x[3]
    assert ((x >= -1e-6) & (x <= 500 + 1e-6)).all()
    assert ((y >= -1e-6) & (y <= projection.height + 1e-6)).all()


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_equal_areas_stay_equal(frame):
    """A small square at the southern edge and one in the middle keep the ratio of their areas."""
    projection = fit(frame, 500)
    step = 0.01

    def paper_area(lat: float) -> float:
        lng = (frame.west + frame.east) / 2 + 3
        x, y = projection.points(np.array([lat, lat, lat + step]), np.array([lng, lng + step, lng]))
        return float(abs((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])))

    south, middle = frame.south + 1, (frame.south + frame.north) / 2
    on_earth = np.cos(np.radians(south + step / 2)) / np.cos(np.radians(middle + step / 2))
    assert paper_area(south) / paper_area(middle) == pytest.approx(on_earth, rel=1e-3)


def test_a_few_far_points_do_not_shrink_the_rest():
    lat = np.concatenate([np.linspace(30, 45, 400), [21.3]])
    lng = np.concatenate([np.linspace(-120, -75, 400), [-157.9]])
    frame = frame_of(lat, lng)
    assert frame.west > -130
    assert not frame.holds(np.array([21.3]), np.array([-157.9]))[0]


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_one_point_alone_has_a_frame(lat, lng):
    frame = frame_of(np.array([lat]), np.array([lng]))
    assert frame.south < frame.north
    assert frame.west < frame.east
    assert fit(frame, 100).height > 0

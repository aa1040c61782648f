from __future__ import annotations

import pytest

from routing.geo.coordinates import Coordinates
from routing.geo.nearest import nearest_place


@pytest.mark.parametrize(
    ("lat_deg", "lng_deg", "country", "tz"),
    [
        (40.75, -73.99, "US", "America/New_York"),
        (39.53, -119.81, "US", "America/Los_Angeles"),
        (52.52, 13.40, "DE", "Europe/Berlin"),
        (43.65, -79.38, "CA", "America/Toronto"),
        (-33.87, 151.21, "AU", "Australia/Sydney"),
    ],
)
def test_a_point_lies_in_the_country_of_the_nearest_postal_code(lat_deg, lng_deg, country, tz):
    found = nearest_place(Coordinates(lat_deg, lng_deg))
    assert found is not None
    assert (found[0], found[1].tz) == (country, tz)


def test_a_point_in_the_open_sea_lies_nowhere():
    assert nearest_place(Coordinates(0.0, -140.0)) is None

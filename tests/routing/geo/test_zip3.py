from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.geo.military import MILITARY_ZIP3
from routing.geo.postal import load_postal_index
from routing.geo.zip3 import load_zip3_table, zip3_of, zip3_rows

TABLE = load_zip3_table()


@pytest.mark.parametrize(
    ("written", "zip3"),
    [("90210", "902"), ("2108", "021"), ("'02108-1234", "021"), ("K1A", None), ("", None)],
)
def test_the_area_of_a_zip_is_its_first_three_digits(written: str, zip3: str | None) -> None:
    assert zip3_of(written) == zip3


def test_means_are_the_means_of_the_zips_listed() -> None:
    index = load_postal_index()
    keys = index.codes.keys
    zips = np.flatnonzero((keys >= b"US") & (keys < b"UT"))
    areas = zip3_rows([index.codes.key_at(int(row))[2:5] for row in zips])
    counts = np.bincount(areas, minlength=1000)
    known = counts > 0
    for udeg, mean_deg in (
        (index.codes.lat_udeg, TABLE.lat_mean_deg),
        (index.codes.lng_udeg, TABLE.lng_mean_deg),
    ):
        sums = np.bincount(areas, weights=udeg[zips], minlength=1000)
        np.testing.assert_array_equal(np.isfinite(mean_deg), known)
        np.testing.assert_allclose(mean_deg[known], sums[known] / counts[known] / 1e6, atol=6e-5)


def test_916_areas_are_known_and_military_ones_are_not() -> None:
    known = np.flatnonzero(np.isfinite(TABLE.lat_mean_deg))
    assert len(known) == 916
    assert not {f"{row:03d}" for row in known} & MILITARY_ZIP3


def test_nobody_lives_where_the_place_is_unknown() -> None:
    unknown = np.isnan(TABLE.lat_popw_deg)
    assert int(TABLE.population[unknown].sum()) == 0
    assert int(TABLE.population.min()) == 0


def test_the_population_is_that_of_the_states_in_2010() -> None:
    # The census counted 308 745 538; a few live where no ZIP is delivered.
    assert 308_700_000 < int(TABLE.population.sum()) <= 308_745_538


def test_the_centre_of_population_lies_near_the_mean() -> None:
    apart = np.hypot(
        TABLE.lat_mean_deg - TABLE.lat_popw_deg, TABLE.lng_mean_deg - TABLE.lng_popw_deg
    )
    lower_48 = np.isfinite(apart) & (np.arange(1000) < 967)
    assert float(apart[lower_48].max()) < 2
    assert float(apart[lower_48].max()) > 0


def test_areas_are_looked_up_together_in_order() -> None:
    lat_deg, lng_deg = TABLE.means_deg(["902", None, "095", "902", "000"])
    row = 902
    np.testing.assert_array_equal(
        lat_deg, [TABLE.lat_mean_deg[row], np.nan, np.nan, TABLE.lat_mean_deg[row], np.nan]
    )
    np.testing.assert_array_equal(
        lng_deg, [TABLE.lng_mean_deg[row], np.nan, np.nan, TABLE.lng_mean_deg[row], np.nan]
    )


def test_no_areas_give_empty_arrays() -> None:
    lat_deg, lng_deg = TABLE.means_deg([])
    assert lat_deg.shape == lng_deg.shape == (0,)


@pytest.mark.parametrize("bad", ["90210", "9O2", "", "-12", "\u0661\u0662\u0663"])
def test_an_area_that_is_not_three_digits_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="is not three digits"):
        TABLE.means_deg(["100", bad])


@given(st.text(max_size=20))
def test_any_text_has_an_area_or_none(text: str) -> None:
    zip3 = zip3_of(text)
    assert zip3 is None or (len(zip3) == 3 and 0 <= zip3_rows([zip3])[0] < 1000)


def test_the_table_is_read_once() -> None:
    assert load_zip3_table() is TABLE

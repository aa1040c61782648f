"""Countries without postal codes are told from all others."""

from __future__ import annotations

import numpy as np
import pytest

from routing.geo.codeless import has_postal_codes
from routing.geo.postal import load_postal_index


@pytest.mark.parametrize("country", ["HK", "ae", " QA "])
def test_some_countries_have_no_postal_codes(country: str) -> None:
    assert not has_postal_codes(country)


@pytest.mark.parametrize("country", ["US", "de", "IE", "", "XX"])
def test_others_have_and_so_is_what_nobody_knows(country: str) -> None:
    assert has_postal_codes(country)


def test_no_country_of_the_index_is_said_to_have_none() -> None:
    keys = load_postal_index().codes.keys
    countries = {country.decode() for country in np.unique(keys.astype("S2"))}
    assert len(countries) > 20
    assert all(map(has_postal_codes, countries))

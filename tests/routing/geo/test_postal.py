from __future__ import annotations

import zoneinfo
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.geo.coordinates import Coordinates
from routing.geo.normalize import CODE_RULES, PostalKey
from routing.geo.postal import PostalPrecision, load_postal_index
from routing.geo.postal_table import PostalTable
from routing.geo.prefixes import fallback_prefixes

MILITARY_ZIPS_LEFT_OUT = 25
INDEX = load_postal_index()
TABLES = [INDEX.codes, INDEX.areas]


def test_the_index_covers_the_united_states_and_24_countries() -> None:
    counts = Counter(key[:2].decode() for key in INDEX.codes.keys.tolist())
    assert set(counts) == set(CODE_RULES)
    assert counts["US"] == 41_903 - MILITARY_ZIPS_LEFT_OUT
    assert counts.total() - counts["US"] == 170_314
    assert len(INDEX) == counts.total()


@pytest.mark.parametrize("country", sorted(CODE_RULES))
def test_every_key_finds_itself(country: str) -> None:
    wrong = []
    for row, key in enumerate(INDEX.codes.keys.tolist()):
        if key[:2].decode() != country:
            continue
        found = INDEX.lookup(country, key[2:].decode())
        if (
            found is None
            or found.precision is not PostalPrecision.EXACT
            or round(found.coordinates.lat_deg * 1e6) != INDEX.codes.lat_udeg[row]
            or round(found.coordinates.lng_deg * 1e6) != INDEX.codes.lng_udeg[row]
        ):
            wrong.append(key)
    assert wrong == []


@pytest.mark.parametrize("table", TABLES)
def test_keys_ascend_without_repeats(table: PostalTable) -> None:
    assert bool(np.all(table.keys[:-1] < table.keys[1:]))


@pytest.mark.parametrize("table", TABLES)
def test_every_time_zone_is_one_that_zoneinfo_knows(table: PostalTable) -> None:
    names = [table.tz[row] for row in range(len(table.tz))]
    assert names
    assert [zoneinfo.ZoneInfo(str(name)).key for name in names] == names
    assert int(table.tz_row.max()) == len(names) - 1


@pytest.mark.parametrize("table", TABLES)
def test_no_row_lies_at_the_origin_or_outside_the_earth(table: PostalTable) -> None:
    lat_udeg, lng_udeg = table.lat_udeg.astype(np.int64), table.lng_udeg.astype(np.int64)
    assert int(np.min(np.abs(lat_udeg) + np.abs(lng_udeg))) > 1_000_000
    assert int(np.abs(lat_udeg).max()) <= 90_000_000
    assert int(np.abs(lng_udeg).max()) <= 180_000_000


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_place_and_a_region_to_read(table: PostalTable) -> None:
    assert len(table.place) == len(table)
    assert int(table.region_row.max()) == len(table.region) - 1


def test_a_zip_gives_coordinates_time_zone_and_names() -> None:
    found = INDEX.lookup("us", "90210")
    assert found is not None
    assert found.coordinates == Coordinates(34.0901, -118.4065)
    assert (found.tz, found.place, found.region) == ("America/Los_Angeles", "Beverly Hills", "CA")
    assert found.precision is PostalPrecision.EXACT


@pytest.mark.parametrize("written", ["02108", "2108", "'02108", "02108-1234", " 02108 "])
def test_a_zip_is_exact_in_every_spelling(written: str) -> None:
    found = INDEX.lookup("US", written)
    assert found is not None
    assert found.place == "Boston"
    assert found.precision is PostalPrecision.EXACT


def test_an_unknown_zip_stands_at_the_mean_of_its_three_digit_area() -> None:
    assert INDEX.codes.row_of("US10097") is None
    found = INDEX.lookup("US", "10097-0001") or pytest.fail("10097 was not found")
    area = INDEX.areas.row_of("US100")
    assert area is not None
    assert found.coordinates == INDEX.areas.coordinates_at(area)
    assert found.precision is PostalPrecision.PREFIX
    assert found.place is None


@pytest.mark.parametrize(
    ("country", "full", "outward"),
    [
        ("CA", "K1A 0B1", "K1A"),
        ("GB", "SW1A 1AA", "SW1A"),
        ("IE", "D02 X285", "D02"),
        ("NL", "1012 AB", "1012"),
        ("PT", "1000-205", "1000"),
        ("JP", "100-0001", "100-00"),
    ],
)
def test_a_full_code_stands_at_its_first_part_and_says_so(
    country: str, full: str, outward: str
) -> None:
    from_full = INDEX.lookup(country, full) or pytest.fail(f"{full} was not found")
    from_part = INDEX.lookup(country, outward) or pytest.fail(f"{outward} was not found")
    assert from_full.coordinates == from_part.coordinates
    assert from_full.precision is PostalPrecision.PREFIX
    assert from_part.precision is PostalPrecision.EXACT


def test_a_brazilian_code_takes_the_greatest_start_not_after_it() -> None:
    start = INDEX.lookup("BR", "06000-000") or pytest.fail("06000-000 was not found")
    within = INDEX.lookup("BR", "06299-999") or pytest.fail("06299-999 was not found")
    following = INDEX.lookup("BR", "06300-000") or pytest.fail("06300-000 was not found")
    assert start.precision is PostalPrecision.EXACT
    assert start.place == "Osasco"
    assert within.coordinates == start.coordinates
    assert within.precision is PostalPrecision.PREFIX
    assert within.place is None
    assert following.coordinates != start.coordinates


@pytest.mark.parametrize("code", ["00000-000", "00999-999", "10000-000"])
def test_a_brazilian_code_before_the_first_start_of_its_region_is_unknown(code: str) -> None:
    assert INDEX.lookup("BR", code) is None


@pytest.mark.parametrize("code", ["09508", "09012", "34050", "34099", "96201", "96540", "96606"])
def test_a_military_code_is_nowhere(code: str) -> None:
    assert INDEX.lookup("US", code) is None


@pytest.mark.parametrize(
    ("country", "code", "place"),
    [
        ("US", "96939", "Palau"),
        ("US", "96960", "Marshall Islands"),
        ("NO", "9170", "Svalbard"),
        ("NO", "8099", "Jan Mayen"),
        ("FR", "97400", "Reunion"),
        ("FR", "98714", "Tahiti"),
        ("FI", "22100", "Aland"),
        ("GB", "BF1 1AA", "British forces"),
        ("CA", "K9Z 1A1", "not issued"),
        ("US", "00000", "not issued"),
    ],
)
def test_a_place_far_from_all_it_shares_a_prefix_with_is_unknown(
    country: str, code: str, place: str
) -> None:
    assert INDEX.lookup(country, code) is None, place


def test_a_code_of_another_country_is_unknown() -> None:
    assert INDEX.lookup("ZA", "8001") is None
    assert INDEX.lookup("", "10115") is None


def test_a_british_code_not_listed_stands_at_its_area() -> None:
    assert INDEX.codes.row_of("GBSW1Z") is None
    found = INDEX.lookup("GB", "SW1Z 9ZZ") or pytest.fail("SW1Z was not found")
    assert found.precision is PostalPrecision.PREFIX
    assert found.region == "England"


def test_a_large_recipient_in_paris_stands_in_paris() -> None:
    assert INDEX.codes.row_of("FR75341") is None
    found = INDEX.lookup("FR", "75341") or pytest.fail("75341 was not found")
    assert abs(found.coordinates.lat_deg - 48.857) < 0.02
    assert abs(found.coordinates.lng_deg - 2.343) < 0.02
    assert found.precision is PostalPrecision.PREFIX


def test_a_name_is_given_only_where_the_code_covers_one_place() -> None:
    one = INDEX.lookup("DE", "10115") or pytest.fail("10115 was not found")
    many = INDEX.lookup("FR", "52230") or pytest.fail("52230 was not found")
    assert one.place == "Berlin"
    assert many.place is None
    assert many.region == "Grand Est"


def test_every_area_is_the_first_choice_or_the_second_of_a_listed_code() -> None:
    reachable: set[str] = set()
    for key in INDEX.codes.keys.tolist():
        country, code = key[:2].decode(), key[2:].decode()
        prefixes = fallback_prefixes(PostalKey(country, code, is_whole=True))
        reachable.update(country + prefix for prefix in prefixes)
    assert {key.decode() for key in INDEX.areas.keys.tolist()} <= reachable


SPACES = st.text(" \t\u00a0", max_size=2)


@given(st.data())
def test_spaces_and_case_make_no_difference(data: st.DataObject) -> None:
    key = INDEX.codes.key_at(data.draw(st.integers(0, len(INDEX) - 1)))
    country, code = key[:2], key[2:]
    swapped = "".join(data.draw(st.sampled_from([c.lower(), c.upper()])) for c in code)
    spaced = data.draw(SPACES) + "".join(c + data.draw(SPACES) for c in swapped)
    assert INDEX.lookup(country.lower(), spaced) == INDEX.lookup(country, code)


@given(st.sampled_from(sorted(CODE_RULES)) | st.text(max_size=4), st.text(max_size=60))
def test_any_text_is_found_or_unknown_but_never_an_error(country: str, text: str) -> None:
    found = INDEX.lookup(country, text)
    assert found is None or found.tz in zoneinfo.available_timezones()


@given(st.data(), st.sampled_from(sorted(CODE_RULES)))
def test_any_well_formed_code_is_found_or_unknown(data: st.DataObject, country: str) -> None:
    found = INDEX.lookup(
        country, data.draw(st.from_regex(CODE_RULES[country].pattern, fullmatch=True))
    )
    assert found is None or found.coordinates != Coordinates(0, 0)


def test_the_index_is_read_once() -> None:
    assert load_postal_index() is INDEX

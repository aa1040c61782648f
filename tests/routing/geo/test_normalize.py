from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.geo.normalize import CODE_RULES, PostalKey, normalize_postal

WHOLE = [
    ("US", "02108", "02108"),
    ("US", "2108", "02108"),
    ("US", "501", "00501"),
    ("US", "'02108", "02108"),
    ("US", "\u201902108", "02108"),
    ("US", "2108.0", "02108"),
    ("US", "02108-1234", "02108"),
    ("US", "2108-1234", "02108"),
    ("US", "02108\u20131234", "02108"),
    ("US", "02108-", "02108"),
    ("US", "021081234", "02108"),
    ("US", "02108 1234", "02108"),
    ("US", "US-02108", "02108"),
    ("US", "\t02108\u00a0", "02108"),
    ("DE", "D-10115", "10115"),
    ("DE", "DE 10115", "10115"),
    ("DE", "1067", "01067"),
    ("FI", "FIN-00100", "00100"),
    ("FI", "FI-00100", "00100"),
    ("IT", "120", "00120"),
    ("AU", "800", "0800"),
    ("CZ", "110 00", "11000"),
    ("SE", "SE-114 55", "11455"),
    ("PL", "00-950", "00950"),
    ("BR", "01310-100", "01310100"),
    ("BR", "01.310-100", "01310100"),
    ("BR", "1310100", "01310100"),
    ("BR", "1310100.0", "01310100"),
    ("CA", "k1a", "K1A"),
    ("GB", "sw1a", "SW1A"),
    ("IE", "d6w", "D6W"),
    ("NL", "1012", "1012"),
    ("PT", "1000", "1000"),
    ("JP", "100-00", "10000"),
    ("IN", "110 001", "110001"),
]

CUT = [
    ("CA", "k1a 0b1", "K1A"),
    ("CA", "K1A-0B1", "K1A"),
    ("GB", "sw1a 1aa", "SW1A"),
    ("GB", "SW1A1AA", "SW1A"),
    ("GB", "E16AN", "E1"),
    ("GB", "w1a1aa", "W1A"),
    ("GB", "AB10 1AB", "AB10"),
    ("IE", "D02 X285", "D02"),
    ("NL", "1012 ab", "1012"),
    ("PT", "1000-205", "1000"),
    ("JP", "100-0001", "10000"),
    ("JP", "\u3012100-0001", "10000"),
    ("JP", "\uff11\uff10\uff10\u30fc\uff10\uff10\uff10\uff11", "10000"),
]

REFUSED = [
    ("US", ""),
    ("US", "12"),
    ("US", "021"[:2]),
    ("US", "123456"),
    ("US", "1234567"),
    ("US", "2108.5"),
    ("US", "ABCDE"),
    ("US", "02108-12"),
    ("US", "\u0661\u0662\u0663\u0664\u0665"),
    ("DE", "115"),
    ("DE", "101150"),
    ("CA", "K1A 0B"),
    ("CA", "11A"),
    ("GB", "SW1A 1A"),
    ("GB", "1AA"),
    ("JP", "100-000"),
    ("NL", "1012 A"),
    ("NL", "12 AB"),
    ("XX", "12345"),
    ("", "12345"),
    ("USA", "12345"),
]


@pytest.mark.parametrize(("country", "written", "code"), WHOLE)
def test_a_whole_code_is_known_in_every_spelling(country: str, written: str, code: str) -> None:
    assert normalize_postal(country, written) == PostalKey(country, code, is_whole=True)


@pytest.mark.parametrize(("country", "written", "code"), CUT)
def test_a_finer_code_is_cut_to_what_the_index_holds(country: str, written: str, code: str) -> None:
    assert normalize_postal(country, written) == PostalKey(country, code, is_whole=False)


@pytest.mark.parametrize(("country", "written"), REFUSED)
def test_what_fits_no_rule_has_no_key(country: str, written: str) -> None:
    assert normalize_postal(country, written) is None


@pytest.mark.parametrize(
    ("territory", "written", "postal_country"),
    [("pr", "00901", "US"), ("JE", "JE2 3AB", "GB"), ("uk", "E1 6AN", "GB"), ("VA", "00120", "IT")],
)
def test_a_territory_uses_the_codes_of_its_postal_system(
    territory: str, written: str, postal_country: str
) -> None:
    key = normalize_postal(territory, written)
    assert key is not None
    assert key.country == postal_country


@given(st.sampled_from(sorted(CODE_RULES)), st.text(max_size=40))
def test_a_key_is_short_and_made_of_digits_and_capitals(country: str, text: str) -> None:
    key = normalize_postal(country, text)
    if key is not None:
        assert 3 <= len(key.code) <= 8 or (country == "GB" and len(key.code) == 2)
        assert set(key.code) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@given(st.data(), st.sampled_from(sorted(CODE_RULES)))
def test_a_key_is_its_own_key(data: st.DataObject, country: str) -> None:
    text = data.draw(st.from_regex(CODE_RULES[country].pattern, fullmatch=True))
    key = normalize_postal(country, text)
    assert key is not None
    again = normalize_postal(country, key.code)
    assert again == PostalKey(country, key.code, is_whole=True)


def test_a_text_too_long_for_a_code_is_not_looked_at() -> None:
    assert normalize_postal("US", " " * 30 + "02108") is None

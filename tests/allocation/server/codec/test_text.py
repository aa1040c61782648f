"""Identifiers, words and codes."""

from __future__ import annotations

import pytest

from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.text import decode_country, decode_id, decode_words, slug


@pytest.mark.parametrize("text", ["a", "x" * 128, "SKU 1/2", "\u6f22\u5b57", "no\u00a0break"])
def test_an_id_is_1_to_128_characters_of_any_script(text: str) -> None:
    findings = Findings()
    assert decode_id(text, "id", findings) == text
    assert not findings.violations


@pytest.mark.parametrize("text", ["", "x" * 129, "a\x00b", "line\nbreak", "\x7f", "\x85"])
def test_an_id_that_is_empty_too_long_or_has_control_characters_is_refused(text: str) -> None:
    findings = Findings()
    decode_id(text, "id", findings)
    assert [each.path for each in findings.violations] == ["id"]


def test_a_country_is_read_in_any_case() -> None:
    findings = Findings()
    assert decode_country("us", "region_code", findings) == "US"
    assert decode_country("USA", "region_code", findings) is None
    assert [each.path for each in findings.violations] == ["region_code"]


def test_every_bad_word_of_a_list_is_named_by_its_place() -> None:
    findings = Findings()
    decode_words(["good", "", "b\x00d"], "tags", findings)
    assert [each.path for each in findings.violations] == ["tags[1]", "tags[2]"]


def test_a_list_of_words_has_at_most_a_thousand() -> None:
    findings = Findings()
    assert len(decode_words([str(n) for n in range(1_000)], "tags", findings)) == 1_000
    assert not findings.violations
    decode_words([str(n) for n in range(1_001)], "tags", findings)
    assert findings.violations


@pytest.mark.parametrize("name", ["Ground Advantage", "ground-advantage", " Ground  ADVANTAGE "])
def test_names_that_differ_in_case_and_spaces_are_one_code(name: str) -> None:
    assert slug(name) == "ground-advantage"


def test_long_values_are_cut_in_messages() -> None:
    assert shown("x" * 41) == f"'{'x' * 40}'..."
    assert shown("x" * 40) == f"'{'x' * 40}'"

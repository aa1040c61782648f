"""Files that would take long to read: nobody waits for them."""

from __future__ import annotations

import pytest

from routing.rules import yaml_composing
from routing.rules.yaml_tree import read_yaml


def test_more_names_and_values_than_a_file_may_have_are_refused_before_all_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The mapping, and one for each word.
    monkeypatch.setattr(yaml_composing, "MOST_PARTS", 1 + 2 * 4)
    fits = "\n".join(f"key{number}: 1" for number in range(4))
    assert read_yaml(fits).findings == []
    tree = read_yaml(f"{fits}\nkey5: [1, 2\nand what is no YAML")
    assert tree.value is None
    (found,) = tree.findings
    assert "beyond the 9 names and values" in found.message
    assert found.line == 5


def test_a_list_of_half_a_million_values_is_given_up_early() -> None:
    (found,) = read_yaml(f"a: [{'1,' * 500_000}1]").findings
    assert "60,000" in found.message
    assert found.column < 200_000


def test_folded_texts_hold_no_marks_of_the_reader() -> None:
    tree = read_yaml("because: >\n  one line\n  and another\n")
    assert tree.value == {"because": "one line and another\n"}


@pytest.mark.parametrize("text", ["a: *gone", "a: &x 1\nb: *x\nc: *gone", "- &a [*a]"])
def test_references_are_refused_whether_they_refer_to_something_or_not(text: str) -> None:
    found = [each.message for each in read_yaml(text).findings]
    assert found
    assert all("references are not read" in each for each in found)


def test_a_second_document_is_no_yaml_of_ours() -> None:
    (found,) = read_yaml("a: 1\n---\nb: 2\n").findings
    assert "is no YAML" in found.message
    assert found.line == 2

"""A table of mistakes: each has a message of its own, with its place and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from routing.rules import RuleSetError, parse_rule_set

TABLE = Path(__file__).with_name("mistakes.yaml")
MISTAKES = YAML(typ="safe").load(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: row["mistake"])
def test_a_mistake_is_told_precisely(row: dict[str, str]) -> None:
    with pytest.raises(RuleSetError) as caught:
        parse_rule_set(row["file"], file_name="rules.yaml")
    place, _, message = row["says"].partition(": ")
    assert str(caught.value) == f"rules.yaml:{place}: error: {message}"


def test_there_are_many_mistakes_and_no_two_share_a_message() -> None:
    messages = {row["says"].partition(": ")[2] for row in MISTAKES}
    assert len(messages) == len(MISTAKES) >= 40


def test_all_mistakes_of_a_file_are_told_at_once_in_their_order() -> None:
    text = (
        "version: 1\n"
        "cost: {late_day_minor: 4.50, extra: 1}\n"
        "require:\n"
        "- {name: Bad Name, location: location.kind == 'sotre'}\n"
        "- {name: a, location: location.pickup}\n"
        "prefer:\n"
        "- {name: a, location: location.pickup}\n"
    )
    with pytest.raises(RuleSetError) as caught:
        parse_rule_set(text, file_name="rules.yaml")
    assert [(each.line, each.path) for each in caught.value.findings] == [
        (2, "cost.late_day_minor"),
        (2, "cost.extra"),
        (4, "require[0].name"),
        (4, "require[0].location"),
        (7, "prefer[0]"),
        (7, "prefer[0].name"),
    ]


def test_a_text_that_is_no_characters_is_refused() -> None:
    with pytest.raises(RuleSetError, match=r"r.yaml:2:8: error: holds .*, which is no character"):
        parse_rule_set("version: 1\ntz: UTC\ud800", file_name="r.yaml")


def test_more_rules_than_there_may_be_are_refused_with_their_number() -> None:
    rules = "".join(f"- {{name: r{number}, within_km: 5}}\n" for number in range(501))
    with pytest.raises(RuleSetError, match="require: has too many entries; it may have 500"):
        parse_rule_set(f"version: 1\nrequire:\n{rules}", file_name="r.yaml")


def test_a_file_larger_than_a_mebibyte_is_refused() -> None:
    with pytest.raises(RuleSetError, match="a file may have 1048576"):
        parse_rule_set(f"version: 1\ndescription: {'x' * (1 << 20)}", file_name="r.yaml")

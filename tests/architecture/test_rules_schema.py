"""The published schemas say what the models say, and describe every key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from docs.generator.pages import REFERENCE
from routing.rules import RuleSetError, parse_rule_set
from routing.rules.conditions.facts import item_facts, line_facts, location_facts, order_facts
from routing.rules.conditions.fields import ITEM, LINE, LOCATION, ORDER, Field, Kind
from routing.rules.conditions.samples import SAMPLES
from routing.rules.presets import NAMES, preset_cases, presets
from routing.rules.schema.strategy import Objective
from routing.rules.yaml_tree import read_yaml
from routing.sourcing.objectives import OBJECTIVES
from routing.sourcing.resolve import resolve_lines
from tests.networks import item, line, location, network, order

SCHEMAS = {
    name: json.loads((REFERENCE / name).read_text(encoding="utf-8"))
    for name in ("rules.schema.json", "rules.cases.schema.json")
}
MISTAKES = YAML(typ="safe").load(
    Path(__file__).parents[1].joinpath("routing/rules/mistakes.yaml").read_text(encoding="utf-8")
)


def as_json(text: str) -> Any:
    """Return a YAML text as an editor's validator sees it."""
    return json.loads(json.dumps(read_yaml(text).value, default=str))


def described(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, section in [("", schema), *schema["$defs"].items()]:
        for key, value in section["properties"].items():
            yield f"{name}.{key}", value


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_published_schema_is_one_and_describes_every_key(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert [key for key, value in described(SCHEMAS[name]) if not value.get("description")] == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_amount_has_its_unit_in_its_name_and_its_description(name: str) -> None:
    for key, value in described(SCHEMAS[name]):
        if "_minor" in key:
            text = value["description"]
            assert "minor units" in text or "As " in text or "price" in text, key


@pytest.mark.parametrize("name", NAMES)
def test_shipped_files_keep_the_published_schemas(name: str) -> None:
    for schema, texts in (
        ("rules.schema.json", presets()),
        ("rules.cases.schema.json", preset_cases()),
    ):
        Draft202012Validator(SCHEMAS[schema]).validate(as_json(texts[name]))


def test_what_the_published_schema_refuses_the_check_refuses_too() -> None:
    validator = Draft202012Validator(SCHEMAS["rules.schema.json"])
    refused = [row for row in MISTAKES if not validator.is_valid(as_json(row["file"]))]
    assert len(refused) > 20
    for row in refused:
        with pytest.raises(RuleSetError):
            parse_rule_set(row["file"], file_name="r.yaml")


def test_objectives_of_files_are_those_that_there_are() -> None:
    assert get_args(Objective) == tuple(OBJECTIVES)


def test_facts_are_the_fields_that_conditions_know() -> None:
    asked, net = order([line(1, "cup")]), network([item("cup")])
    resolved = resolve_lines(asked, net)
    for facts, fields in (
        (order_facts(asked, resolved), ORDER),
        (line_facts(resolved[0]), LINE),
        (location_facts(location("reno")), LOCATION),
        (item_facts(item("cup")), ITEM),
    ):
        assert list(facts) == list(fields)
        assert all(is_of(facts[name], field) for name, field in fields.items())


def test_samples_are_of_the_kind_that_fields_say() -> None:
    for sample, fields in zip(SAMPLES.values(), (ORDER, LINE, LOCATION, ITEM), strict=True):
        for name, field in fields.items():
            value = sample[name]
            assert is_of(tuple(value) if isinstance(value, list) else value, field)


def is_of(value: object, field: Field) -> bool:
    types = {Kind.TEXT: str, Kind.NUMBER: int, Kind.FLAG: bool, Kind.TEXTS: tuple}
    return type(value) is types[field.kind]

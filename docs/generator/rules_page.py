"""The page of rule sets: every key, what conditions can ask about, presets, cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from pydantic import BaseModel

from allocation.rule_cases.json_schema import cases_schema, rules_schema
from allocation.rule_cases.name_checks import VERDICTS
from allocation.rule_cases.schema import CasesFile
from docs.generator.markdown import code, page, prose, table
from docs.generator.problem import require_same
from routing.rules.conditions.fields import SUBJECTS, Field
from routing.rules.parse import SUBJECTS_OF
from routing.rules.presets import NAMES, PREFIX, preset
from routing.rules.schema import RuleSetFile
from routing.sourcing.objectives import OBJECTIVES

_WHERE: Final = "docs/generator/rules_page.py"

OBJECTIVE_MEANINGS: Final = {
    "cost": "Landed cost and priced penalties, in minor units of the currency.",
    "fewest_shipments": "Number of shipments.",
    "same_market": "Number of shipments from locations outside the destination's market: its "
    "country is among the location's markets, or is the location's country where that has none.",
    "closest": "Sum over the shipments of the great-circle distance to the destination, in whole "
    "kilometres to the nearest; an unknown distance counts as 40,000 km.",
    "ranked": "Sum over the shipments of the location's position by rank, then id, from 0.",
    "fastest": "Sum over the units of the days from the order to the latest delivery date; an "
    "unknown date counts as 1,000 days.",
    "nearest_first": "Sum over the units of their location's position in the list of locations, "
    "nearest first: each unit comes from the nearest location that has it.",
    "ranked_first": "Sum over the units of their location's position by rank, then id: each unit "
    "comes from the first location that has it.",
    "fullest_first": "Sum over the units of their location's position in the list of locations, "
    "those first that have all units of the most items; ties by rank, then id.",
}

_OBJECTIVES: Final = """\
A rule set names its objectives, most important first. They are minimised one after the other:
the second only chooses among plans that are equal in the first, and so on. Where no price is set
for an unfilled unit, a tier `unfilled` comes before all of them, and where none of them counts
cost, `cost` comes last. Further ties go to the location of lower rank, then lower id."""


_INTRO: Final = """\
A rule set is one YAML file. An editor that knows [the JSON Schema](rules.schema.json) completes its
keys; `shipfrom rules schema` writes it. Put this line at the top of the file, with the path to
where you keep the schema:

```yaml
# yaml-language-server: $schema=rules.schema.json
```

`shipfrom rules check FILE` finds everything that is wrong with it at once, and runs its cases.
Amounts are whole minor units of the currency of the rate cards: `450` is 4.50 USD. A key that is
left out has its default; a key without a value is refused."""

_CONDITIONS: Final = """\
Conditions are written in [CEL](https://cel.dev), with `&&`, `||`, `!`, `==`, `<`, `in` and
parentheses. Texts stand in quotes: `location.kind == 'store'`. Lists are looked into with `in`:
`'hazmat' in line.tags`. What an order does not say is an empty text, an empty list or 0. Put a
condition that begins with a quote or holds `: ` into quotes as a whole, or below `|`.

A condition can see the fields below and nothing else, and has to come to an end: what could take
more than about half a second for an order with 1,000 tags is refused (`all`, `exists`, `filter` and
`map` inside of one another, `+` inside of them). Patterns of `matches` are written out, and small:
`[a-z0-9]{3}` rather than `\\w{300}`."""

_SUBJECT_TITLES: Final = {
    "order": "order: what was ordered, as a whole",
    "line": "line: one line that ships",
    "location": "location: a stock location",
    "item": "item: an inventory item",
}

_CHECK: Final = """\
An error keeps the rule set from being used. A warning deserves a look: a condition that never
holds, hard rules that contradict each other or never decide, safety stock and capacity that
another rule outdoes, exceptions that a later one replaces, rules that are over; with a network
also names that it does not have and rules that mean none, or all, of its locations. Whether
conditions can hold is judged where they only compare fields with literals."""

_CASES: Final = """\
A file beside the rule set, `NAME.cases.yaml` for `NAME.yaml`, with its own
[JSON Schema](rules.cases.schema.json). Each case gives stock and an order and says what the plan is
to be; `shipfrom rules check` plans it with the engine that decides live. When all cases hold, the
check also names every key and rule without which none of them would fail."""


def rules_page() -> str:
    """Return the page.

    Raises
    ------
    DocsError
        An objective is not explained, or one that is explained is gone.
    """
    require_same(OBJECTIVE_MEANINGS, OBJECTIVES, "objectives", _WHERE)
    blocks = [_INTRO, "## Keys", *_sections(json.loads(rules_schema()), RuleSetFile)]
    blocks += ["## Conditions", _CONDITIONS, _where(), *_subjects()]
    blocks += ["## Objectives", _OBJECTIVES, _objectives()]
    blocks += ["## Presets", *_presets(), "## What the check says", _CHECK]
    blocks += ["## Cases", _CASES, *_sections(json.loads(cases_schema()), CasesFile)]
    blocks += [f"Verdicts: {', '.join(code(each) for each in VERDICTS)}."]
    return page("Rule sets", blocks)


def _sections(schema: dict[str, Any], root: type[BaseModel]) -> Iterator[str]:
    named = {root.__name__: schema} | schema["$defs"]
    yield prose(root.__doc__ or "")
    yield _keys(schema)
    for path, name in _holders(schema):
        yield f"### {path}"
        yield prose(named[name].get("description", ""))
        yield _keys(named[name])


def _holders(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield path and name of every section below the top, in the order of the file."""
    pending = [("", schema)]
    while pending:
        path, section = pending.pop(0)
        for key, value in section["properties"].items():
            name, many = _reference(value)
            if name is not None and not (path and name in _TOLD):
                below = f"{path}.{key}" if path else key
                below += "[]" if many else ""
                yield below, name
                pending.append((below, schema["$defs"][name]))


_TOLD: Final = {"Cost", "Split"}
"""Sections that stand at the top, too."""


def _reference(value: dict[str, Any]) -> tuple[str | None, bool]:
    for inner, many in ((value, False), (value.get("items", {}), True)):
        if "$ref" in inner:
            return str(inner["$ref"]).rpartition("/")[2], many
    inner = value.get("additionalProperties", {})
    if isinstance(inner, dict) and "$ref" in inner:
        return str(inner["$ref"]).rpartition("/")[2], False
    return None, False


def _keys(section: dict[str, Any]) -> str:
    required = section.get("required", [])
    rows = (
        (
            code(key),
            _kind(value),
            "yes" if key in required else "",
            prose(value.get("description", "")),
        )
        for key, value in section["properties"].items()
    )
    return table(("key", "value", "required", "meaning"), rows)


def _kind(value: dict[str, Any]) -> str:
    for key, words in _WORDS.items():
        if key in value:
            return words(value[key])
    kind = str(value.get("type"))
    if kind == "array":
        return f"list of {_kind(value['items'])}"
    if kind == "object":
        return f"name: {_kind(value['additionalProperties'])}"
    return _FORMATS.get(value.get("format", ""), _KINDS[kind] + _range(value))


_WORDS: Final[dict[str, Callable[[Any], str]]] = {
    "anyOf": lambda choices: " or ".join(map(_kind, choices)),
    "const": lambda value: code(str(value)),
    "enum": lambda values: ", ".join(code(str(each)) for each in values),
    "$ref": lambda _: "keys",
}
_KINDS: Final = {"string": "text", "boolean": "true or false", "integer": "whole number"}
_FORMATS: Final = {"date": "day", "date-time": "time"}


def _range(value: dict[str, Any]) -> str:
    if "minimum" not in value:
        return ""
    return f" in [{value['minimum']:,}, {value['maximum']:,}]"


def _where() -> str:
    rows = (
        (code(f"{section}[].{key}"), ", ".join(code(each) for each in subjects))
        for (section, key), subjects in SUBJECTS_OF.items()
    )
    return table(("condition", "can ask about"), rows)


def _subjects() -> Iterator[str]:
    for subject, fields in SUBJECTS.items():
        yield f"### {_SUBJECT_TITLES[subject]}"
        yield table(
            ("field", "kind", "meaning"),
            (
                (code(f"{subject}.{name}"), field.kind.value, _meaning(field))
                for name, field in fields.items()
            ),
        )


def _meaning(field: Field) -> str:
    values = ", ".join(code(each) for each in field.values)
    return prose(field.meaning) + (f" One of {values}." if values else "")


def _objectives() -> str:
    rows = ((code(name), OBJECTIVE_MEANINGS[name]) for name in OBJECTIVES)
    return table(("objective", "what is minimised"), rows)


def _presets() -> Iterator[str]:
    yield "Each ships as a file with its cases. `shipfrom rules show preset:NAME` writes it."
    rows = ((code(f"{PREFIX}{name}"), prose(preset(name).file.description)) for name in NAMES)
    yield table(("preset", "what it does, and where it differs"), rows)

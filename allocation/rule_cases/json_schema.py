"""The JSON Schemas of rule set and cases files, for editors."""

from __future__ import annotations

import json
from typing import Any, Final

from pydantic import BaseModel

from allocation.rule_cases.schema import CasesFile
from routing.rules.schema import RuleSetFile

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def rules_schema() -> str:
    """Return the schema of a rule set file as JSON."""
    return _schema(RuleSetFile, "ShipFrom rule set")


def cases_schema() -> str:
    """Return the schema of a cases file as JSON."""
    return _schema(CasesFile, "Cases of a ShipFrom rule set")


def _schema(model: type[BaseModel], title: str) -> str:
    schema = _plain(model.model_json_schema(by_alias=True))
    return json.dumps({"$schema": _DIALECT, **schema, "title": title}, indent=2) + "\n"


def _plain(schema: Any) -> Any:
    """Return a schema without titles made of key names, and without ``null`` as a value."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    choices = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    rest = {
        key: _plain(value)
        for key, value in schema.items()
        if key not in {"anyOf", "title"} or isinstance(value, dict)
    }
    if rest.get("default", "") is None or isinstance(rest.get("default"), dict):
        del rest["default"]
    if len(choices) == 1:
        return {**_plain(choices[0]), **rest}
    return {**rest, "anyOf": [_plain(each) for each in choices]} if choices else rest

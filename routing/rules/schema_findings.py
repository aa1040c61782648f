"""What the schema refuses, in the words of the file: path, place, what is wrong, the way out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from routing.rules.conditions.hints import hint
from routing.rules.findings import Finding, Severity
from routing.rules.places import Path, Place, Places, path_text
from routing.rules.schema import LISTS, RuleSetFile
from routing.rules.schema.base import Rule


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What of a file the schema accepts.

    Attributes
    ----------
    file
        The file without what was refused.
    indices
        Per section that is a list, where its accepted rules stand in the file.
    """

    file: RuleSetFile
    indices: Mapping[str, tuple[int, ...]]

    def rules(self, section: str) -> Iterator[tuple[Path, Rule]]:
        """Yield the path and the model of every accepted rule of a section."""
        for index, rule in zip(self.indices[section], getattr(self.file, section), strict=True):
            yield (section, index), rule


def validate(value: Mapping[str, object], places: Places) -> tuple[ReadFile, list[Finding]]:
    """Return what the schema accepts, so that it can still be checked, and what it refuses."""
    try:
        file = RuleSetFile.model_validate(value)
    except ValidationError as error:
        details = error.errors()
    else:
        return ReadFile(file, {name: tuple(range(len(getattr(file, name)))) for name in LISTS}), []
    refused = {_path(each["loc"])[:2] for each in details}
    kept, indices = _accepted(value, refused)
    found = [_finding(each, value, places) for each in details if not _other_branch(each)]
    return ReadFile(RuleSetFile.model_validate(kept), indices), found


def _accepted(
    value: Mapping[str, object], refused: Collection[Path]
) -> tuple[dict[str, object], dict[str, tuple[int, ...]]]:
    kept: dict[str, object] = {"version": 1}
    indices: dict[str, tuple[int, ...]] = dict.fromkeys(LISTS, ())
    for key, each in value.items():
        wrong = {path for path in refused if path[0] == key}
        if key in LISTS and isinstance(each, list):
            indices[key] = tuple(
                number for number in range(len(each)) if (key, number) not in refused
            )
            kept[key] = [each[number] for number in indices[key]]
        elif not wrong:
            kept[key] = each
    return kept, indices


def _path(loc: tuple[int | str, ...]) -> Path:
    """Drop what pydantic says about which branch of a choice it tried."""
    return tuple(part for part in loc if isinstance(part, int) or "[" not in part)


def _other_branch(error: ErrorDetails) -> bool:
    """Tell whether an error is about the branch of a choice that was not meant."""
    branch = next((p for p in error["loc"] if isinstance(p, str) and "[" in p), None)
    if branch is None:
        return False
    if branch.startswith("literal["):
        return isinstance(error["input"], list)
    return not isinstance(error["input"], list) and isinstance(error["loc"][-1], str)


def _finding(error: ErrorDetails, value: object, places: Places) -> Finding:
    path = _path(error["loc"])
    at_key = error["type"] == "extra_forbidden"
    place: Place = places.of_key(path) if at_key else places.of(path)
    say = _MESSAGES.get(error["type"])
    written = places.texts.get(path, "")
    message = error["msg"] if say is None else say(_Wrong(error, path, value, written))
    return Finding(Severity.ERROR, path_text(path), place.line, place.column, message)


class _Wrong:
    """One thing that pydantic refuses, with what a message needs."""

    def __init__(self, error: ErrorDetails, path: Path, value: object, written: str) -> None:
        self.path = path
        self.key = str(path[-1]) if path else ""
        self.given = error["input"]
        self.written = written or _shown(error["input"])
        self.context = error.get("ctx", {})
        self.siblings = _siblings(path, value)

    @property
    def names(self) -> list[str]:
        """Keys that are known where the wrong one stands."""
        model = _model_at(self.path[:-1])
        return [] if model is None else list(known_keys(model))


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "empty" if value is None else repr(value)


def _siblings(path: Path, value: object) -> tuple[str, ...]:
    at = value
    for part in path[:-1]:
        at = at[part]  # type: ignore[index]
    return tuple(at) if isinstance(at, dict) else ()


def known_keys(model: type[BaseModel]) -> Iterator[str]:
    """Yield the keys of a section as they are written."""
    for name, field in model.model_fields.items():
        yield field.alias or name


def _model_at(path: Path) -> type[BaseModel] | None:
    model: type[BaseModel] | None = RuleSetFile
    for part in path:
        if isinstance(part, int) or model is None:
            continue
        field = next((f for name, f in model.model_fields.items() if part in {name, f.alias}), None)
        model = None if field is None else _model_in(field.annotation)
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(each) for each in getattr(annotation, "__args__", ()))
    return next((each for each in inner if each is not None), None)


def _unknown_key(wrong: _Wrong) -> str:
    return f"is no key here{hint(wrong.key, wrong.names)}"


def _missing(wrong: _Wrong) -> str:
    return f"is missing{_FOR_WHAT.get(wrong.key, '')}"


_FOR_WHAT: Final = {
    "version": "; begin the file with version: 1",
    "name": "; every rule has a name, it is shown in costs and explanations",
    "location": "; say which locations, for instance location: \"location.kind == 'store'\"",
    "when": "; say for which orders, for instance when: \"order.channel == 'web'\"",
    "units": "; say how many units",
}


def _whole_number(wrong: _Wrong) -> str:
    if wrong.key.endswith("_minor"):
        return f"is {wrong.written}; {_minor_way_out(wrong.written)}"
    return f"is {wrong.written}; give a whole number{_without_quotes(wrong)}"


def _minor_way_out(written: str) -> str:
    bare = written.strip("'\"").lstrip("$€£ ")
    try:
        minor = round(float(bare) * 100)
    except (ValueError, OverflowError):
        return "give a whole number of minor units, such as 450 for 4.50"
    if "." in bare:
        return f"amounts are whole minor units: for {bare} write {minor}"
    return f"give a whole number without quotes: {bare}"


def _without_quotes(wrong: _Wrong) -> str:
    bare = wrong.written.strip("'\"")
    quoted = bare != wrong.written and bare.lstrip("-").isdigit()
    return f", without quotes: {bare}" if quoted else ""


def _text(wrong: _Wrong) -> str:
    if isinstance(wrong.given, bool | int | float):
        return f"is {wrong.written}; put it into quotes to make it a text"
    return f"is {wrong.written}; give a text"


def _flag(wrong: _Wrong) -> str:
    word = wrong.written.strip("'\"").lower()
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(word, word)
    sure = meant if meant in {"true", "false"} else "true or false"
    return f"is {wrong.written}; write {sure}"


def _choice(wrong: _Wrong) -> str:
    if wrong.path == ("version",):
        return f"is {wrong.written}; this program reads version 1"
    known = [
        each.strip().strip("'")
        for each in str(wrong.context["expected"]).replace(" or ", ",").split(",")
    ]
    if wrong.key == "strategy":
        return f"is {wrong.written}; write cheapest, or a list of objectives such as [closest]"
    return f"is {wrong.written}{hint(str(wrong.given), known)}"


def _date(wrong: _Wrong) -> str:
    return f"is {wrong.written}; give a day as year-month-day without quotes, such as 2026-11-27"


def _too_small(wrong: _Wrong) -> str:
    least = wrong.context.get("ge")
    if wrong.key == "penalty_minor":
        return f"is {wrong.written}; for an amount that lowers the cost use credit_minor"
    return f"is {wrong.written}; it must be at least {least}"


def _pattern(wrong: _Wrong) -> str:
    if wrong.key == "name":
        return (
            f"is {wrong.written}; a name has lower-case letters, digits and hyphens, such as "
            f"{_as_name(str(wrong.given))}"
        )
    return f"is {wrong.written}; give an ISO 4217 code such as USD"


def _as_name(given: str) -> str:
    letters = "".join(each if each.isalnum() and each.isascii() else "-" for each in given.lower())
    return "-".join(part for part in letters.split("-") if part) or "keep-stores"


_MESSAGES: Final[Mapping[str, Callable[[_Wrong], str]]] = MappingProxyType(
    {
        "extra_forbidden": _unknown_key,
        "missing": _missing,
        "int_type": _whole_number,
        "int_parsing_size": lambda w: f"is {w.written}, which is too large",
        "string_type": _text,
        "bool_type": _flag,
        "literal_error": _choice,
        "date_type": _date,
        "greater_than_equal": _too_small,
        "less_than_equal": lambda w: f"is {w.written}; it may be at most {w.context['le']}",
        "string_pattern_mismatch": _pattern,
        "string_too_short": lambda _: "is empty; give a text",
        "string_too_long": lambda w: (
            f"is {len(str(w.given))} characters long; it may have {w.context['max_length']}"
        ),
        "too_short": lambda w: f"is empty; give at least {w.context['min_length']} entry",
        "too_long": lambda w: f"has too many entries; it may have {w.context['max_length']}",
        "tuple_type": lambda w: f"is {w.written}; give a list, each entry after a '-'",
        "model_type": lambda w: f"is {w.written}; give keys and values, such as name: keep-stores",
    }
)
"""Kind of pydantic error to message."""

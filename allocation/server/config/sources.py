"""Where settings come from: a TOML file, variables, options; each with what it says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from allocation.server.config.knobs import ENV_PREFIX, KNOBS
from routing.bounded_file import read_text
from routing.errors import InvalidInputError, Violation


@dataclass(frozen=True, slots=True)
class Given:
    """One setting as somebody gave it.

    Attributes
    ----------
    name
        Of the setting; perhaps of none.
    value
        Text, or what a TOML file has.
    origin
        Who says so, for people: ``"file shipfrom.toml"``.
    base
        What a relative path in it starts from.
    """

    name: str
    value: Any
    origin: str
    base: Path


def from_file(path: Path) -> list[Given]:
    """Read a settings file.

    Relative paths in it start from its own directory, so that it means the same whatever
    directory the server is started in.

    Raises
    ------
    InvalidInputError
        If it cannot be read or is not TOML.
    """
    try:
        content = tomllib.loads(read_text(path))
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _unusable(path, f"is not TOML: {error}") from error
    base = path.resolve().parent
    return [Given(name, value, f"file {path}", base) for name, value in _flat(content, "")]


def _unusable(path: Path, message: str) -> InvalidInputError:
    return InvalidInputError([Violation(str(path), message)])


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def from_environment(environment: Mapping[str, str]) -> list[Given]:
    """Return the settings that variables give."""
    return [
        Given(knob.name, environment[knob.variable], f"variable {knob.variable}", Path())
        for knob in KNOBS.values()
        if knob.variable in environment
    ]


def unknown_variables(environment: Mapping[str, str], known: Sequence[str]) -> list[str]:
    """Return a sentence for each variable that looks like a setting and is none.

    No more than a hint: orchestrators put variables of that form into the environment.
    """
    variables = [*(knob.variable for knob in KNOBS.values()), *known]
    found = []
    for name in sorted(environment):
        if name.startswith(ENV_PREFIX) and name not in variables:
            near = get_close_matches(name, variables, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            found.append(f"the variable {name} sets nothing{hint}")
    return found


def from_assignments(assignments: Sequence[str]) -> list[Given]:
    """Return the settings of ``NAME=VALUE`` texts.

    Raises
    ------
    InvalidInputError
        With every text that is not of that form.
    """
    problems, found = [], []
    for text in assignments:
        name, equals, value = text.partition("=")
        if not equals or not name:
            problems.append(Violation("--set", f"{text!r} is not NAME=VALUE"))
        found.append(Given(name.strip(), value, "option --set", Path()))
    if problems:
        raise InvalidInputError(problems)
    return found


def name_problem(given: Given) -> Violation | None:
    """Return what is wrong with a setting's name; ``None`` if there is such a setting."""
    if given.name in KNOBS:
        return None
    near = get_close_matches(given.name, KNOBS, n=1, cutoff=0.5)
    inside = [name for name in KNOBS if name.startswith(f"{given.name}.")]
    if inside:
        hint = f"is a table; set {inside[0]} and the like"
    else:
        hint = f"is no setting; did you mean {near[0]}?" if near else "is no setting"
    return Violation(given.name, f"{hint} ({given.origin})")

"""Put settings together: the later source wins, and all problems are told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final, get_type_hints

from allocation.server.config.knobs import KNOBS
from allocation.server.config.network_paths import expanded
from allocation.server.config.sources import Given, name_problem
from allocation.server.config.values import convert
from allocation.server.settings import ServerSettings
from routing.errors import InvalidInputError, Violation, raise_if_any

DEFAULT_ORIGIN: Final = "default"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and who set each of them.

    Attributes
    ----------
    settings
        Checked.
    values
        Every setting by its name.
    origins
        Where each comes from; `DEFAULT_ORIGIN` if nobody set it.
    """

    settings: ServerSettings
    values: Mapping[str, Any]
    origins: Mapping[str, str]


def load(
    sources: Iterable[Iterable[Given]],
    defaults: Mapping[str, Callable[[], Any]] | None = None,
) -> Loaded:
    """Return the settings that the sources say together.

    Parameters
    ----------
    sources
        From weak to strong: a later one wins over an earlier one.
    defaults
        Where the program has other defaults than the settings, by setting.

    Raises
    ------
    InvalidInputError
        With every unknown name, every value of a wrong type, and every value out of range.
    """
    problems: list[Violation] = []
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for given in (each for source in sources for each in source):
        problem = name_problem(given)
        if problem is not None:
            problems.append(problem)
            continue
        try:
            values[given.name] = _value(given)
        except InvalidInputError as error:
            problems += [_with_origin(each, given.origin) for each in error.violations]
        origins[given.name] = given.origin
    for name, make in (defaults or {}).items():
        if name not in values:
            values[name] = make()
    settings = _build(ServerSettings, "", values, origins, problems)
    raise_if_any(problems)
    complete = {name: _read(settings, name) for name in KNOBS}
    return Loaded(settings, complete, {name: origins.get(name, DEFAULT_ORIGIN) for name in KNOBS})


def _value(given: Given) -> Any:
    value = convert(given.value, KNOBS[given.name].type, given.name, given.base)
    return expanded(value) if given.name == "network_files" else value


def _with_origin(problem: Violation, origin: str) -> Violation:
    return Violation(problem.path, f"{problem.message} ({origin})")


def _build(
    owner: type,
    prefix: str,
    values: Mapping[str, Any],
    origins: Mapping[str, str],
    problems: list[Violation],
) -> Any:
    """Build settings; what is out of range becomes a problem, and the default stands in."""
    types = get_type_hints(owner)
    arguments: dict[str, Any] = {}
    for each in fields(owner):
        name = f"{prefix}{each.name}"
        if is_dataclass(types[each.name]):
            arguments[each.name] = _build(types[each.name], f"{name}.", values, origins, problems)
        elif name in values:
            arguments[each.name] = values[name]
    try:
        return owner(**arguments)
    except InvalidInputError as error:
        for violation in error.violations:
            name = f"{prefix}{violation.path}"
            origin = origins.get(name)
            found = Violation(name, violation.message)
            problems.append(found if origin is None else _with_origin(found, origin))
        return owner()


def _read(settings: Any, name: str) -> Any:
    for part in name.split("."):
        settings = getattr(settings, part)
    return settings

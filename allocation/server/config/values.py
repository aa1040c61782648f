"""From what a file or a variable says to the type of a setting."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from routing.errors import InvalidInputError, Violation

_TRUE: Final = ("true", "yes", "on", "1")
_FALSE: Final = ("false", "no", "off", "0")


def convert(value: Any, kind: Any, name: str, base: Path) -> Any:
    """Return a value in the type of a setting.

    Parameters
    ----------
    value
        Text from a variable or an option, or what a TOML file has.
    kind
        The setting's type; one of `_CONVERTERS`.
    name
        The setting, for the message.
    base
        What relative paths start from.

    Raises
    ------
    InvalidInputError
        If it is not of that type.
    """
    converter = _CONVERTERS.get(kind)
    if converter is None:
        raise TypeError(f"settings of type {kind} cannot be read; add them to the table")
    found = converter(value, base)
    if found is _NOT_ONE:
        raise InvalidInputError([Violation(name, f"is {value!r}; give {_WANTED[kind]}")])
    return found


_NOT_ONE: Final = object()


def _bool(value: Any, _base: Path) -> Any:
    if isinstance(value, bool):
        return value
    text = value.strip().lower() if isinstance(value, str) else None
    if text in _TRUE:
        return True
    return False if text in _FALSE else _NOT_ONE


def _int(value: Any, _base: Path) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return _number(value, int)


def _float(value: Any, _base: Path) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return _number(value, float)


def _number(value: Any, kind: Callable[[str], int | float]) -> Any:
    try:
        return kind(value.strip()) if isinstance(value, str) else _NOT_ONE
    except ValueError:
        return _NOT_ONE


def _str(value: Any, _base: Path) -> Any:
    return value if isinstance(value, str) else _NOT_ONE


def _path(value: Any, base: Path) -> Any:
    if isinstance(value, Path):
        return value
    if not isinstance(value, str):
        return _NOT_ONE
    return base / value if value else None


def _paths(value: Any, base: Path) -> Any:
    given = value.split(os.pathsep) if isinstance(value, str) else value
    if not isinstance(given, list | tuple):
        return _NOT_ONE
    found = [_path(each, base) for each in given if each != ""]
    return _NOT_ONE if _NOT_ONE in found else tuple(found)


_CONVERTERS: Final[Mapping[Any, Callable[[Any, Path], Any]]] = MappingProxyType(
    {
        bool: _bool,
        int: _int,
        float: _float,
        str: _str,
        Path | None: _path,
        tuple[Path, ...]: _paths,
    }
)
_WANTED: Final[Mapping[Any, str]] = MappingProxyType(
    {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "text",
        Path | None: "the path of a file, as text",
        tuple[Path, ...]: f"a list of paths (in a variable: with {os.pathsep!r} between them)",
    }
)

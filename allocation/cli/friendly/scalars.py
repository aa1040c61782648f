"""Single values: what is accepted for each kind of field, and what it becomes."""

from __future__ import annotations

import re
from decimal import Decimal
from difflib import get_close_matches
from typing import Final

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

_INTEGER_KINDS: Final = frozenset(
    {FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64}
    | {FieldDescriptor.CPPTYPE_UINT32, FieldDescriptor.CPPTYPE_UINT64}
)
_REAL_KINDS: Final = frozenset({FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT})


class MismatchError(ValueError):
    """A value does not fit its field; says what was found and what belongs there."""


def closest(word: str, known: list[str]) -> str:
    """Return a hint such as ``; did you mean 'lines'?``, or nothing."""
    near = get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def scalar(value: object, field: FieldDescriptor) -> object:
    """Return `value` as strict protobuf JSON for a field that is no message.

    Raises
    ------
    MismatchError
        Says what was found and what belongs there.
    """
    kind = field.cpp_type
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        return enum_name(value, field.enum_type)
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return _expect(value, isinstance(value, bool), "true or false")
    if kind == FieldDescriptor.CPPTYPE_STRING:
        return _expect(value, isinstance(value, str), "a text in quotes")
    if kind in _INTEGER_KINDS:
        return _integer(value)
    if kind in _REAL_KINDS:
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        _expect(value, is_number, "a number")
        return float(value)  # type: ignore[arg-type]
    return value


def _integer(value: object) -> int:
    is_whole = (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and re.fullmatch(r"[+-]?\d+", value.strip()) is not None
    )
    _expect(value, is_whole, "a whole number")
    return int(str(value))


def enum_name(value: object, enum: EnumDescriptor) -> str:
    """Return the full name of an enum value given by its full or short name, in any case.

    Raises
    ------
    MismatchError
        Says which values there are.
    """
    names = [each.name for each in enum.values]
    prefix = names[0].removesuffix("UNSPECIFIED")
    shorts = [name.removeprefix(prefix).lower() for name in names[1:]]
    if isinstance(value, str):
        word = value.strip().upper().replace("-", "_").replace(" ", "_")
        for candidate in (word, prefix + word):
            if candidate in names:
                return candidate
        hint = closest(value.lower(), shorts)
        raise MismatchError(f"is {value!r}; known are {', '.join(shorts)}{hint}")
    raise MismatchError(f"is {shown(value)}; it must be one of {', '.join(shorts)}")


def _expect(value: object, holds: bool, what: str) -> object:
    if not holds:
        raise MismatchError(f"is {shown(value)}; it must be {what}")
    return value


def shown(value: object) -> str:
    """Return a value as the reader of the file knows it."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, str) else str(value)

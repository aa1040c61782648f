"""The walk from friendly to strict JSON, along the fields of a message."""

from __future__ import annotations

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from allocation.cli.friendly.scalars import closest, scalar, shown
from allocation.cli.friendly.short_forms import COMPLETE, SHORT_FORMS
from routing.errors import Violation


def strict_message(
    value: object, descriptor: Descriptor, path: str, problems: list[Violation]
) -> object:
    """Return strict protobuf JSON for a message, adding what is wrong to `problems`.

    Parameters
    ----------
    value
        JSON with numbers as `int` or `Decimal`.
    descriptor
        Of the message.
    path
        Where the value stands: ``lines[2].quantity``; empty at the top.
    """
    short_form = SHORT_FORMS.get(descriptor.full_name)
    if short_form is not None:
        try:
            value = short_form(value)
        except ValueError as error:
            problems.append(Violation(path, str(error)))
            return {}
        if descriptor.full_name in COMPLETE:
            return value
    if not isinstance(value, dict):
        problems.append(Violation(path, f"is {shown(value)}; it must be an object"))
        return {}
    return _fields(value, descriptor, path, problems)


def _fields(
    value: dict[str, object], descriptor: Descriptor, path: str, problems: list[Violation]
) -> dict[str, object]:
    known = {field.name: field for field in descriptor.fields}
    by_any_name = known | {field.json_name: field for field in descriptor.fields}
    strict: dict[str, object] = {}
    for key, inner in value.items():
        inner_path = f"{path}.{key}" if path else key
        field = by_any_name.get(key)
        if field is None:
            hint = closest(key, list(known)) or f"; known are {', '.join(known)}"
            problems.append(Violation(inner_path, f"is not a key of {descriptor.name}{hint}"))
        elif field.name in strict:
            problems.append(Violation(inner_path, "is given twice; keep one spelling"))
        elif inner is not None:
            strict[field.name] = _field(inner, field, inner_path, problems)
    for oneof in descriptor.oneofs:
        given = [field.name for field in oneof.fields if field.name in strict]
        if len(given) > 1:
            problems.append(Violation(path, f"has {' and '.join(given)}; only one of them may be"))
    return strict


def _field(value: object, field: FieldDescriptor, path: str, problems: list[Violation]) -> object:
    if not field.is_repeated:
        return _single(value, field, path, problems)
    if not isinstance(value, list):
        problems.append(Violation(path, f"is {shown(value)}; it must be a list"))
        return []
    return [
        _single(each, field, f"{path}[{number}]", problems) for number, each in enumerate(value)
    ]


def _single(value: object, field: FieldDescriptor, path: str, problems: list[Violation]) -> object:
    if field.message_type is not None:
        return strict_message(value, field.message_type, path, problems)
    try:
        return scalar(value, field)
    except ValueError as error:
        problems.append(Violation(path, str(error)))
        return None

"""Every place in a message that holds a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

Change = Callable[[Message], None]


def with_text(message: Message, text: str) -> Iterator[Message]:
    """Yield copies of a message, each with another one of its texts replaced."""
    for path in _paths(message):
        changed = type(message)()
        changed.CopyFrom(message)
        _set(changed, path, text)
        yield changed


def with_every_text(message: Message, text: str) -> Message:
    """Return a copy with all texts replaced, also those that were empty."""
    changed = type(message)()
    changed.CopyFrom(message)
    _fill(changed, text)
    return changed


def _is_text(field: FieldDescriptor) -> bool:
    return bool(field.type == FieldDescriptor.TYPE_STRING)


def _paths(message: Message) -> Iterator[tuple[tuple[str, int | None], ...]]:
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.message_type is None:
            if not _is_text(field):
                continue
            if field.is_repeated:
                yield from (((field.name, index),) for index in range(max(1, len(value))))
            else:
                yield ((field.name, None),)
        elif field.is_repeated:
            for index, inner in enumerate(value):
                yield from (((field.name, index), *rest) for rest in _paths(inner))
        elif message.HasField(field.name):
            yield from (((field.name, None), *rest) for rest in _paths(value))


def _set(message: Message, path: tuple[tuple[str, int | None], ...], text: str) -> None:
    (name, index), *rest = path
    if rest:
        inner = getattr(message, name)
        _set(inner if index is None else inner[index], tuple(rest), text)
    elif index is None:
        setattr(message, name, text)
    else:
        values = getattr(message, name)
        if len(values) <= index:
            values.append(text)
        else:
            values[index] = text


def _fill(message: Message, text: str) -> None:
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if _is_text(field):
            if field.is_repeated:
                value.append(text)
            else:
                setattr(message, field.name, text)
        elif field.message_type is None:
            continue
        elif field.is_repeated:
            for inner in value:
                _fill(inner, text)
        elif message.HasField(field.name):
            _fill(value, text)

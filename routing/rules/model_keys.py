"""Which keys a model has where, by the names that people write."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel

from routing.rules.places import Path

Model = type[BaseModel]


def keys_of(model: Model) -> list[str]:
    """Return the keys of a section as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def model_at(root: Model, path: Path) -> Model | None:
    """Return the section at a path, ``None`` where there is none."""
    model: Model | None = root
    for part in path:
        if isinstance(part, str) and model is not None:
            model = dict(_sections(model)).get(part)
    return model


def holders_of(root: Model, key: str) -> Iterator[Path]:
    """Yield the path of every section that has a key, the uppermost first."""
    pending: list[tuple[Path, Model]] = [((), root)]
    while pending:
        path, model = pending.pop(0)
        if key in keys_of(model):
            yield path
        pending += [((*path, name), section) for name, section in _sections(model)]


@cache
def _sections(model: Model) -> tuple[tuple[str, Model], ...]:
    """Return the sections in a model, by name; a model never changes."""
    found = (
        (field.alias or name, _model_in(field.annotation))
        for name, field in model.model_fields.items()
    )
    return tuple((name, section) for name, section in found if section is not None)


def _model_in(annotation: Any) -> Model | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(each) for each in getattr(annotation, "__args__", ()))
    return next((each for each in inner if each is not None), None)

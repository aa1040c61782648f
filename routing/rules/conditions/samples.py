"""Made-up subjects with every field, to try conditions on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from routing.rules.conditions.fields import SUBJECTS, Field, Kind

_VALUES: Final[Mapping[Kind, object]] = MappingProxyType(
    {Kind.TEXT: "text", Kind.NUMBER: 1, Kind.FLAG: True, Kind.TEXTS: ["text"]}
)


def _sample(field: Field) -> object:
    return field.values[0] if field.values else _VALUES[field.kind]


SAMPLES: Final[Mapping[str, Mapping[str, object]]] = MappingProxyType(
    {
        subject: {name: _sample(field) for name, field in fields.items()}
        for subject, fields in SUBJECTS.items()
    }
)

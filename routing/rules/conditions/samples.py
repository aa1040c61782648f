"""Made-up subjects with every field, to try conditions on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from routing.rules.conditions.fields import SUBJECTS, Field, Kind

_FULL: Final[Mapping[Kind, object]] = MappingProxyType(
    {Kind.TEXT: "text", Kind.NUMBER: 1, Kind.FLAG: True, Kind.TEXTS: ["text"]}
)
_NOTHING: Final[Mapping[Kind, object]] = MappingProxyType(
    {Kind.TEXT: "", Kind.NUMBER: 0, Kind.FLAG: False, Kind.TEXTS: []}
)


def _samples(values: Mapping[Kind, object]) -> Mapping[str, Mapping[str, object]]:
    return MappingProxyType(
        {
            subject: {name: _sample(field, values) for name, field in fields.items()}
            for subject, fields in SUBJECTS.items()
        }
    )


def _sample(field: Field, values: Mapping[Kind, object]) -> object:
    return field.values[0] if field.values else values[field.kind]


SAMPLES: Final = _samples(_FULL)
EMPTY: Final = _samples(_NOTHING)
"""What an order that says as little as it can comes to."""

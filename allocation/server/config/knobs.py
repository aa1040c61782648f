"""Every setting by its name: what type it has and how it is called elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from types import MappingProxyType
from typing import Any, Final, get_type_hints

from allocation.server.settings import ServerSettings

ENV_PREFIX: Final = "SHIPFROM_"


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting.

    Attributes
    ----------
    name
        As in the settings file, with its table: ``"security.rate_per_s"``.
    type
        Of its value.
    default
        What it is when nobody sets it.
    owner
        The class of settings that has it.
    """

    name: str
    type: Any
    default: Any
    owner: type

    @property
    def attribute(self) -> str:
        """Name within its owner."""
        return self.name.rpartition(".")[2]

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return ENV_PREFIX + self.name.replace(".", "_").upper()


def _knobs(owner: type, prefix: str) -> Iterator[Knob]:
    types = get_type_hints(owner)
    for each in fields(owner):
        kind = types[each.name]
        if is_dataclass(kind) and isinstance(kind, type):
            yield from _knobs(kind, f"{prefix}{each.name}.")
        else:
            yield Knob(f"{prefix}{each.name}", kind, _default(each), owner)


def _default(setting: Field[Any]) -> Any:
    if setting.default is not MISSING:
        return setting.default
    if setting.default_factory is not MISSING:
        return setting.default_factory()
    raise TypeError(f"setting {setting.name} has no default")


KNOBS: Final[Mapping[str, Knob]] = MappingProxyType(
    {knob.name: knob for knob in _knobs(ServerSettings, "")}
)
"""By name, in the order of declaration."""

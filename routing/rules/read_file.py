"""What of a rule set file the schema accepts, so that the rest is checked all the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from routing.rules.findings import Finding
from routing.rules.places import Path, Places
from routing.rules.refusals import validate
from routing.rules.schema import LISTS, RuleSetFile
from routing.rules.schema.base import Rule


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What of a file the schema accepts.

    Attributes
    ----------
    file
        The file without what was refused.
    indices
        Per section that is a list, where its accepted rules stand in the file.
    """

    file: RuleSetFile
    indices: Mapping[str, tuple[int, ...]]

    def rules(self, section: str) -> Iterator[tuple[Path, Rule]]:
        """Yield the path and the model of every accepted rule of a section."""
        for index, rule in zip(self.indices[section], getattr(self.file, section), strict=True):
            yield (section, index), rule

    def all_rules(self) -> Iterator[tuple[Path, Rule]]:
        """Yield the path and the model of every accepted rule."""
        for section in LISTS:
            yield from self.rules(section)


def read_file(value: Mapping[str, object], places: Places) -> tuple[ReadFile, list[Finding]]:
    """Return what the schema accepts, and what it refuses."""
    file, refused, found = validate(RuleSetFile, value, places)
    if file is not None:
        return ReadFile(file, {name: tuple(range(len(getattr(file, name)))) for name in LISTS}), []
    kept, indices = _accepted(value, {path[:2] for path in refused})
    return ReadFile(RuleSetFile.model_validate(kept), indices), found


def _accepted(
    value: Mapping[str, object], refused: Collection[Path]
) -> tuple[dict[str, object], dict[str, tuple[int, ...]]]:
    kept: dict[str, object] = {"version": 1}
    indices: dict[str, tuple[int, ...]] = dict.fromkeys(LISTS, ())
    for key, each in value.items():
        if (key,) in refused:
            continue
        if key in LISTS and isinstance(each, list):
            indices[key] = tuple(
                number for number in range(len(each)) if (key, number) not in refused
            )
            kept[key] = [each[number] for number in indices[key]]
        elif not any(path[0] == key for path in refused):
            kept[key] = each
    return kept, indices

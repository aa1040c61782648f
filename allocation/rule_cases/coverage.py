"""Keys and rules that no case exercises: those without which every case would hold as well."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.rule_cases.read import ReadCases
from allocation.rule_cases.run import Planner, all_hold
from routing.rules import RuleSet
from routing.rules.places import Path
from routing.rules.schema import LISTS, RuleSetFile
from routing.rules.schema.base import Section


def unexercised(rule_set: RuleSet, cases: ReadCases, planner: Planner) -> Iterator[Path]:
    """Yield the path of every key and rule without which no case would fail.

    The rule set is tried without each of them, one at a time. What only repeats a default is
    passed over: nothing can depend on it.

    Parameters
    ----------
    rule_set
        All cases hold under it.
    """
    for path, file in _without_each(rule_set.file):
        other = RuleSet(rule_set.name, rule_set.text, file)
        says_the_same = path[0] not in LISTS and other.policy == rule_set.policy
        if not says_the_same and all_hold(other, cases, planner):
            yield path


def _without_each(file: RuleSetFile) -> Iterator[tuple[Path, RuleSetFile]]:
    """Yield the file without each of its knobs and rules."""
    if "strategy" in file.model_fields_set:
        yield ("strategy",), _with(file, strategy="cheapest")
    for name in ("cost", "split"):
        section: Section = getattr(file, name)
        for key in section.model_fields_set:
            yield (name, key), _with(file, **{name: section.model_copy(update={key: None})})
    for name in LISTS:
        rules = getattr(file, name)
        for index in range(len(rules)):
            yield (name, index), _with(file, **{name: rules[:index] + rules[index + 1 :]})


def _with(file: RuleSetFile, **sections: object) -> RuleSetFile:
    return file.model_copy(update=sections)

"""From the text of a rule set file to a rule set, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from routing.rules.conditions.check import problems_of
from routing.rules.findings import Finding, RuleSetError, Severity, has_error, in_order
from routing.rules.places import Path, Places, path_text
from routing.rules.read_file import ReadFile, read_file
from routing.rules.rule_checks import rule_findings
from routing.rules.rule_set import RuleSet
from routing.rules.schema.base import MOST_CHARACTERS
from routing.rules.yaml_tree import read_yaml

SUBJECTS_OF: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("require", "when"): ("order", "line"),
    ("require", "location"): ("location",),
    ("prefer", "when"): ("order", "line"),
    ("prefer", "location"): ("location",),
    ("safety_stock", "item"): ("item",),
    ("safety_stock", "location"): ("location",),
    ("capacity", "location"): ("location",),
    ("backorder", "when"): ("order", "line"),
    ("shelf_life", "when"): ("order", "line"),
    ("promise", "location"): ("location",),
    ("expiry", "when"): ("order", "line"),
    ("volume", "location"): ("location",),
    ("exceptions", "when"): ("order",),
}
"""Section and key of every condition, and what it may ask about."""


def parse_rule_set(text: str, *, file_name: str, name: str | None = None) -> RuleSet:
    """Return the rule set that a text says.

    Parameters
    ----------
    text
        The content of a YAML file.
    file_name
        What to call it in messages.
    name
        What plans call it: a revision, or ``"preset:NAME"``. Default: `file_name`.

    Raises
    ------
    RuleSetError
        With every problem, when there is an error among them.
    """
    rule_set, findings = read_rule_set(text, name or file_name)
    if rule_set is None:
        raise RuleSetError(file_name, findings)
    return rule_set


@dataclass(frozen=True, slots=True)
class Parsed:
    """What reading a text came to.

    Attributes
    ----------
    rule_set, read
        The rule set, and what of the file it was made from; ``None`` when there is an error.
    findings
        By line and column.
    places
        Where everything stands.
    """

    rule_set: RuleSet | None
    read: ReadFile | None
    findings: tuple[Finding, ...]
    places: Places


def read_rule_set(text: str, name: str) -> tuple[RuleSet | None, tuple[Finding, ...]]:
    """Return the rule set, ``None`` when there is an error, and everything that was found.

    What only deserves a look is found by `routing.rules.checking.check_rule_set`.
    """
    parsed = parse(text, name)
    return parsed.rule_set, parsed.findings


def parse(text: str, name: str) -> Parsed:
    """Read a text as far as it goes."""
    tree = read_yaml(text)
    found = list(tree.findings)
    if not isinstance(tree.value, dict):
        if not found:
            what = "is empty" if tree.value is None else "is no mapping of keys"
            found.append(Finding(Severity.ERROR, "", 1, 1, f"{what}; begin with version: 1"))
        return Parsed(None, None, in_order(found), tree.places)
    read, refused = read_file(tree.value, tree.places)
    known = {each.path for each in found}
    found += [each for each in refused if each.path not in known]
    found += _conditions(tree.value, tree.places)
    found += rule_findings(read, tree.places)
    findings = in_order(found)
    usable = not has_error(findings)
    rule_set = RuleSet(name, text, read.file, findings) if usable else None
    return Parsed(rule_set, read if usable else None, findings, tree.places)


def _conditions(value: Mapping[str, object], places: Places) -> Iterator[Finding]:
    """Check every condition, also those of rules that the schema refuses for other reasons."""
    for (section, key), subjects in SUBJECTS_OF.items():
        rules = value.get(section)
        for index, rule in enumerate(rules if isinstance(rules, list) else []):
            source = rule.get(key) if isinstance(rule, dict) else None
            if isinstance(source, str) and len(source) <= MOST_CHARACTERS:
                yield from _condition(source, subjects, (section, index, key), places)


def _condition(
    source: str, subjects: tuple[str, ...], path: Path, places: Places
) -> Iterator[Finding]:
    for problem in problems_of(source, subjects):
        place = places.inside(path, source, problem.offset)
        yield Finding(Severity.ERROR, path_text(path), place.line, place.column, problem.message)

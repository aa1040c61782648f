"""Everything that can be said about the text of a rule set: errors, and what deserves a look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from routing.network import Network
from routing.rules.findings import Finding, Severity, in_order
from routing.rules.lint.knobs import knobs_without_effect
from routing.rules.lint.network import (
    contradictions_here,
    empty_sets,
    misspelt_line_tags,
    unknown_names,
    wrong_currency,
)
from routing.rules.lint.subject import Found, LintedRules, Remark
from routing.rules.lint.unreachable import (
    capacity_behind_others,
    conditions_without_effect,
    contradictions,
    exceptions_behind_others,
    rules_behind_others,
    rules_of_the_past,
    stock_behind_others,
    too_many_to_compare,
)
from routing.rules.parse import parse
from routing.rules.places import Places, path_text
from routing.rules.rule_set import RuleSet

CHECKS: Final[tuple[Callable[[LintedRules], Found], ...]] = (
    knobs_without_effect,
    conditions_without_effect,
    contradictions,
    rules_behind_others,
    exceptions_behind_others,
    stock_behind_others,
    capacity_behind_others,
    too_many_to_compare,
)
"""What is looked for in every rule set."""

NETWORK_CHECKS: Final[tuple[Callable[[LintedRules, Network], Found], ...]] = (
    wrong_currency,
    unknown_names,
    misspelt_line_tags,
    empty_sets,
    contradictions_here,
)
"""What is looked for when there is a network."""


def check_rule_set(
    text: str, name: str, *, network: Network | None = None, today: date | None = None
) -> tuple[RuleSet | None, tuple[Finding, ...]]:
    """Return the rule set, ``None`` when there is an error, and everything that was found.

    Parameters
    ----------
    text
        The content of a YAML file.
    name
        What plans call it.
    network
        Also find what does not fit it.
    today
        Also find rules that are over.
    """
    parsed = parse(text, name)
    if parsed.rule_set is None or parsed.read is None:
        return None, parsed.findings
    rules = LintedRules(parsed.rule_set, parsed.read)
    remarks = _remarks(rules, network, today)
    warnings = [_warning(each, parsed.places) for each in remarks]
    return parsed.rule_set, in_order([*parsed.findings, *warnings])


def _remarks(rules: LintedRules, network: Network | None, today: date | None) -> Found:
    for check in CHECKS:
        yield from check(rules)
    if today is not None:
        yield from rules_of_the_past(rules, today)
    if network is not None:
        for look in NETWORK_CHECKS:
            yield from look(rules, network)


def _warning(remark: Remark, places: Places) -> Finding:
    place = places.of(remark.path)
    if remark.source:
        place = places.inside(remark.path, remark.source, remark.offset)
    return Finding(
        Severity.WARNING, path_text(remark.path), place.line, place.column, remark.message
    )

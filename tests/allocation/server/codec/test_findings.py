"""Problems and warnings are collected, and never without bound."""

from __future__ import annotations

import pytest

from allocation.errors import InvalidRequestError
from allocation.server.codec.findings import MOST_VIOLATIONS, MOST_WARNINGS, Findings


def test_more_problems_than_are_kept_are_counted() -> None:
    findings = Findings()
    for number in range(MOST_VIOLATIONS + 5):
        findings.refuse(f"lines[{number}]", "is wrong")
    with pytest.raises(InvalidRequestError) as caught:
        findings.raise_if_refused()
    assert len(caught.value.violations) == MOST_VIOLATIONS + 1
    assert caught.value.violations[-1].message == "5 more problems are not listed"


def test_exactly_as_many_problems_as_are_kept_are_all_listed() -> None:
    findings = Findings()
    for number in range(MOST_VIOLATIONS):
        findings.refuse(f"lines[{number}]", "is wrong")
    with pytest.raises(InvalidRequestError) as caught:
        findings.raise_if_refused()
    assert len(caught.value.violations) == MOST_VIOLATIONS


def test_the_same_warning_counts_once_and_many_are_counted() -> None:
    findings = Findings()
    for number in range(MOST_WARNINGS + 3):
        findings.warn(f"item {number} has no weight")
        findings.warn(f"item {number} has no weight")
    warnings = findings.all_warnings()
    assert len(warnings) == MOST_WARNINGS + 1
    assert warnings[0] == "item 0 has no weight"


def test_without_problems_nothing_is_raised() -> None:
    findings = Findings()
    findings.warn("only a warning")
    findings.raise_if_refused()

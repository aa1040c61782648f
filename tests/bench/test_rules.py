"""The benchmark of rules runs, and asks about as many of them as it says."""

from __future__ import annotations

import json

import pytest

from bench.rules import main, rules_text
from routing.rules import parse_rule_set


def test_a_short_run_ends_with_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ("--rules", "6", "--locations", "20", "--lines", "3", "--orders", "5")
    main(["--small", *sizes])
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["rules"], last["locations"], last["lines"]) == (6, 20, 3)
    assert min(last[key] for key in ("read_ms", "match_ms", "fresh_ms", "repeated_ms")) > 0


@pytest.mark.parametrize("count", [2, 7, 50])
def test_the_rule_set_has_as_many_rules_as_asked_for(count: int) -> None:
    rule_set = parse_rule_set(rules_text(count), file_name="bench.yaml")
    assert len(rule_set.file.require) + len(rule_set.file.prefer) == count

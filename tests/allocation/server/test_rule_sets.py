"""What plans are made under follows the store, and never stops for a rule set that is no use."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial

import pytest

from allocation.errors import RulesInvalidError, UnknownRuleSetError
from allocation.ledger.errors import LedgerUnavailableError
from allocation.rule_store.memory import MemoryRuleStore
from allocation.rule_store.stored import StoredRules
from allocation.server import rule_sets
from allocation.server.rule_sets import RuleSets

NOW = datetime(2026, 9, 1, tzinfo=UTC)
NEVER_S = 60.0
"""So rarely that no test meets it: what is asked for with `refresh` only."""


def put(store: MemoryRuleStore, text: str = "version: 1\n") -> StoredRules:
    return store.put(text, author="", comment="", now=NOW)


def activate(store: MemoryRuleStore, revision: str) -> None:
    store.activate(revision, author="", comment="", now=NOW)


@contextmanager
def following(store: MemoryRuleStore, poll_s: float = NEVER_S) -> Iterator[RuleSets]:
    with closing(RuleSets(store, poll_s=poll_s)) as found:
        yield found


def decides(rules: RuleSets, revision: str) -> bool:
    return rules.find("").name == revision


def eventually(holds: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if holds():
            return
        time.sleep(0.005)
    raise AssertionError("it never came to hold")


def test_an_activation_by_another_process_is_picked_up():
    store = MemoryRuleStore()
    with following(store, poll_s=0.005) as rules:
        assert rules.find("").name == "preset:cheapest"
        for number in range(3):
            stored = put(store, f"version: 1\ndescription: number {number}\n")
            activate(store, stored.revision)
            eventually(partial(decides, rules, stored.revision))


def test_what_was_active_before_a_restart_is_active_after_it():
    store = MemoryRuleStore()
    stored = put(store)
    activate(store, stored.revision)
    with following(store) as rules:
        assert rules.find("").name == stored.revision


def test_a_rule_set_is_compiled_once_however_often_it_is_named():
    store = MemoryRuleStore()
    stored = put(store)
    with following(store) as rules:
        named = rules.find(stored.revision)
        activate(store, stored.revision)
        rules.refresh()
        assert rules.find("") is rules.find(stored.revision) is named


@pytest.mark.pure
def test_only_so_many_stay_compiled(monkeypatch):
    monkeypatch.setattr(rule_sets, "MOST_COMPILED", 2)
    store = MemoryRuleStore()
    names = [put(store, f"version: 1\ndescription: d{n}\n").revision for n in range(3)]
    with following(store) as rules:
        first = rules.find(names[0])
        assert rules.find(names[0]) is first
        rules.find(names[1])
        rules.find(names[2])
        assert rules.find(names[0]) is not first


def test_a_store_that_goes_away_leaves_the_last_rules_in_force():
    store = MemoryRuleStore()
    stored = put(store)
    activate(store, stored.revision)
    with following(store) as rules:
        store.activation_number = lambda: (_ for _ in ()).throw(  # type: ignore[method-assign]
            LedgerUnavailableError("away")
        )
        with pytest.raises(LedgerUnavailableError):
            rules.refresh()
        assert rules.find("").name == stored.revision


def test_following_goes_on_after_the_store_was_away():
    store = MemoryRuleStore()
    asked = store.activation_number
    with following(store, poll_s=0.005) as rules:
        gone = iter([True] * 3)

        def sometimes() -> int:
            if next(gone, False):
                raise LedgerUnavailableError("away")
            return asked()

        store.activation_number = sometimes  # type: ignore[method-assign]
        stored = put(store)
        activate(store, stored.revision)
        eventually(partial(decides, rules, stored.revision))


def test_an_active_rule_set_of_no_use_is_an_error_at_the_start_and_not_another_policy():
    store = MemoryRuleStore()
    activate(store, put(store, "version: 2\n").revision)
    with following(store) as rules, pytest.raises(RulesInvalidError, match="Activate another"):
        rules.find("")


def test_an_active_rule_set_of_no_use_leaves_the_one_before_in_force_while_running():
    """As when a newer version of the program activates what this one cannot read."""
    store = MemoryRuleStore()
    good = put(store)
    activate(store, good.revision)
    with following(store) as rules:
        activate(store, put(store, "version: 2\n").revision)
        rules.refresh()
        assert rules.find("").name == good.revision
        better = put(store, "version: 1\ndescription: better\n")
        activate(store, better.revision)
        rules.refresh()
        assert rules.find("").name == better.revision


def test_a_name_that_is_none_is_refused_with_the_presets():
    with following(MemoryRuleStore()) as rules:
        for name in ("cheapest", "preset:", "preset:nope", "rules-1"):
            with pytest.raises(UnknownRuleSetError, match="preset:cheapest"):
                rules.find(name)

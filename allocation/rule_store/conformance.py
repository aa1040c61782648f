"""What every store of rule sets promises; a test class inherits it and gives the store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from allocation.errors import UnknownRuleSetError
from allocation.rule_store.errors import RulesEtagMismatchError
from allocation.rule_store.store import RuleStore
from allocation.rule_store.stored import RuleState, StoredRules, revision_of

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
STRATEGY = "strategy: cheapest\n"


def at(seconds: float) -> datetime:
    """Return the instant so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def put(store: RuleStore, number: int, seconds: float = 0) -> StoredRules:
    """Put a rule set that no other number has."""
    text = f"# {number}\n{STRATEGY}"
    return store.put(text, author="ann", comment=f"try {number}", now=at(seconds))


def activate(store: RuleStore, revision: str, seconds: float = 1, etag: str = "") -> StoredRules:
    """Activate a revision."""
    _, stored = store.activate(revision, author="bob", comment="go", now=at(seconds), etag=etag)
    return stored


class RuleStoreConformance:
    """The promises. A subclass has a fixture `store`: an empty store."""

    def test_a_revision_is_a_draft_with_everything_that_was_put(self, store: RuleStore) -> None:
        """What is read again is what the put answered."""
        stored = put(store, 1, seconds=5)
        assert stored == store.get(stored.revision)
        assert (stored.state, stored.number) == (RuleState.DRAFT, 1)
        assert stored.text == f"# 1\n{STRATEGY}"
        assert (stored.author, stored.comment) == ("ann", "try 1")
        assert (stored.create_time, stored.activate_time) == (at(5), None)

    def test_text_is_kept_to_the_byte(self, store: RuleStore) -> None:
        """Comments, tabs, line ends and letters of any script are the team's own."""
        text = "# caf\u00e9 \u2603 \U0001f4e6\r\n\tstrategy:  cheapest\n\n"
        stored = store.put(text, author="", comment="", now=START)
        assert store.get(stored.revision).text == text

    def test_the_same_text_is_the_same_revision_however_often_it_is_put(
        self, store: RuleStore
    ) -> None:
        """Who put it first stays its author."""
        first = put(store, 1)
        again = store.put(first.text, author="eve", comment="mine", now=at(9))
        assert again == first
        assert [each.revision for each in store.revisions()] == [first.revision]

    def test_nothing_decides_before_the_first_activation(self, store: RuleStore) -> None:
        """A draft alone changes nothing."""
        put(store, 1)
        assert store.active() == (0, None)
        assert store.activation_number() == 0

    def test_activating_makes_one_revision_decide_and_retires_the_other(
        self, store: RuleStore
    ) -> None:
        """There is always one that is ACTIVE, from the first activation on."""
        first, second, third = (put(store, number) for number in (1, 2, 3))
        activate(store, first.revision, seconds=1)
        activated = activate(store, second.revision, seconds=2)
        assert store.active() == (2, activated)
        states = {each.revision: each.state for each in store.revisions()}
        assert states == {
            first.revision: RuleState.RETIRED,
            second.revision: RuleState.ACTIVE,
            third.revision: RuleState.DRAFT,
        }
        assert store.get(first.revision).activate_time == at(1)

    def test_rolling_back_is_activating_an_older_one(self, store: RuleStore) -> None:
        """The record keeps all three activations."""
        first, second = put(store, 1), put(store, 2)
        activate(store, first.revision, seconds=1)
        activate(store, second.revision, seconds=2)
        back = activate(store, first.revision, seconds=3)
        assert (back.state, back.activate_time) == (RuleState.ACTIVE, at(3))
        assert [(each.number, each.revision, each.time) for each in store.activations()] == [
            (3, first.revision, at(3)),
            (2, second.revision, at(2)),
            (1, first.revision, at(1)),
        ]
        assert {(each.author, each.comment) for each in store.activations()} == {("bob", "go")}

    def test_activating_the_active_one_again_changes_nothing(self, store: RuleStore) -> None:
        """A call that is repeated after a lost answer leaves no second entry."""
        first = activate(store, put(store, 1).revision, seconds=1)
        assert activate(store, first.revision, seconds=2) == first
        assert len(store.activations()) == store.activation_number() == 1

    def test_the_etag_changes_whenever_the_state_does(self, store: RuleStore) -> None:
        """DRAFT, ACTIVE, RETIRED, ACTIVE again: four etags."""
        first, second = put(store, 1), put(store, 2)
        etags = [first.etag, activate(store, first.revision).etag]
        activate(store, second.revision)
        etags += [store.get(first.revision).etag, activate(store, first.revision).etag]
        assert len(set(etags)) == 4

    def test_an_activation_under_an_old_etag_is_refused(self, store: RuleStore) -> None:
        """Somebody who looked before another's activation has to look again."""
        first, second = put(store, 1), put(store, 2)
        seen = activate(store, first.revision, etag=first.etag)
        activate(store, second.revision)
        with pytest.raises(RulesEtagMismatchError, match="read it again"):
            activate(store, first.revision, etag=seen.etag)
        assert store.active()[0] == 2

    def test_a_revision_that_is_not_there_is_named_with_those_that_are(
        self, store: RuleStore
    ) -> None:
        """For reading as for activating; nothing is written."""
        for refused in (store.get, lambda name: activate(store, name)):
            with pytest.raises(UnknownRuleSetError, match="none is stored yet"):
                refused("rules-nope")
        stored = put(store, 1)
        with pytest.raises(UnknownRuleSetError, match=stored.revision):
            activate(store, "rules-nope")
        assert store.activations() == ()

    def test_lists_come_in_pages_newest_first_and_without_texts(self, store: RuleStore) -> None:
        """A page goes on where the one before ended."""
        revisions = [put(store, number).revision for number in range(5)]
        first = store.revisions(limit=2)
        rest = store.revisions(before=first[-1].number, limit=9)
        assert [each.revision for each in (*first, *rest)] == revisions[::-1]
        assert {each.text for each in (*first, *rest)} == {""}
        for revision in revisions[:3]:
            activate(store, revision)
        assert [each.number for each in store.activations(before=3, limit=1)] == [2]

    def test_many_at_once_leave_one_record_without_gaps(self, store: RuleStore) -> None:
        """Puts and activations from several threads, each with an answer of its own."""

        def work(number: int) -> str:
            stored = put(store, number % 5)
            return activate(store, stored.revision).revision

        with ThreadPoolExecutor(6) as threads:
            done = list(threads.map(work, range(24)))
        assert len(done) == 24
        assert sorted(each.number for each in store.revisions()) == [1, 2, 3, 4, 5]
        numbers = [each.number for each in store.activations()]
        assert numbers == list(range(len(numbers), 0, -1))
        pairs = [each.revision for each in store.activations()]
        assert all(one != other for one, other in pairwise(pairs))
        _, active = store.active()
        assert active is not None
        assert active.revision == pairs[0]

    def test_of_two_who_saw_the_same_etag_one_wins(self, store: RuleStore) -> None:
        """The other is told, and nothing of theirs is written."""
        first, second = put(store, 1), put(store, 2)
        activate(store, first.revision)

        def work(name: str) -> bool:
            try:
                store.activate(
                    second.revision, author=name, comment="", now=at(2), etag=second.etag
                )
            except RulesEtagMismatchError:
                return False
            return True

        with ThreadPoolExecutor(4) as threads:
            won = list(threads.map(work, "abcd"))
        assert won.count(True) == 1
        assert len(store.activations()) == 2

    def test_revisions_are_named_by_their_content(self, store: RuleStore) -> None:
        """So the same file has the same name in every store."""
        stored = put(store, 1)
        assert stored.revision == revision_of(stored.text)

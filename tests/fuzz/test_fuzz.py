"""Twenty thousand inputs of all kinds; a million by ``make fuzz``."""

from __future__ import annotations

import random
from typing import Final

import pytest

from allocation.server.settings import ServerSettings
from tests.allocation.server.samples import allocate_request
from tests.fuzz.calls import Calls, problem_of
from tests.fuzz.desk import AMPLE_S, Answer, Desk
from tests.fuzz.outcome import MOST_KEPT, Outcome, Wrong
from tests.fuzz.run import FAMILIES, SHARES, fuzz
from tests.fuzz.seeds import NEVER_SERVED, prepared, request_types
from tests.fuzz.texts import mutated

SEED: Final = 2026
INPUTS: Final = {"calls": 9_000, "wire": 2_000, "rules": 1_000, "tables": 8_000}
MOST_GROWTH_MIB: Final = 48
"""Between the middle and the end; what a server keeps at most is reached before."""


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_whatever_comes_in_is_answered_properly(family: str) -> None:
    outcome = fuzz(family, INPUTS[family], SEED)
    assert not outcome.wrong, "\n".join(map(str, outcome.wrong))
    assert outcome.inputs == INPUTS[family]
    assert outcome.growth < MOST_GROWTH_MIB, outcome.memory
    # Changed inputs that are all refused, or all fine, would try nothing.
    assert len(outcome.answers) >= 3, outcome.answers


def test_every_family_has_a_share_and_the_shares_make_one() -> None:
    assert SHARES.keys() == FAMILIES.keys() == INPUTS.keys()
    assert sum(SHARES.values()) == pytest.approx(1)


async def test_what_is_changed_was_fine_before() -> None:
    desk = Desk(ServerSettings())
    try:
        seeds = await prepared(desk)
        # Methods that are newer than the seeds begin from an empty request.
        assert {each.method for each in seeds} <= set(request_types()) - {NEVER_SERVED}
        refused = {
            (each.method, answer.code, answer.reason)
            for each in seeds
            if (answer := await desk.call(each.method, each.contents(), AMPLE_S)).code != "OK"
        }
    finally:
        desk.close()
    # A commitment cannot be extended; a watcher is left when nothing more comes.
    assert {(method.rpartition("/")[2], code) for method, code, _ in refused} == {
        ("ExtendPlan", "FAILED_PRECONDITION"),
        ("WatchStock", "CANCELLED"),
    }


async def test_the_same_input_is_made_twice() -> None:
    calls = Calls()
    try:
        await calls.answer(random.Random("warm"))
        first, again = (calls.made(random.Random("x 1 2")) for _ in range(2))
    finally:
        await calls.close()
    assert first == again
    texts = [mutated(random.Random(7), "a: 1\nb: [2]\n", ["c"], 5) for _ in range(2)]
    assert texts[0] == texts[1]


@pytest.mark.pure
async def test_a_bug_does_not_go_unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    desk = Desk(ServerSettings())
    try:
        await prepared(desk)
        monkeypatch.setattr("allocation.engine.build_sourcing", broken)
        content = allocate_request().SerializeToString()
        answer = await desk.call("/allocation.v1.AllocationService/Allocate", [content])
    finally:
        desk.close()
    assert answer.code == "INTERNAL"
    assert "a bug" in problem_of(answer)


def test_what_is_no_proper_answer() -> None:
    assert problem_of(Answer("OK", "")) == ""
    assert problem_of(Answer("NOT_FOUND", "UNKNOWN_ITEM")) == ""
    for answer in (Answer("HANGS", ""), Answer("NOT_FOUND", ""), Answer("OK", "", trace="x")):
        assert problem_of(answer)


def test_one_of_each_kind_of_finding_is_kept() -> None:
    outcome = Outcome("calls", 1)
    for number in range(100):
        outcome.note(Wrong("calls", 1, number, f"kind {number % 50}", ""))
    assert outcome.wrong_count == 100
    assert [each.number for each in outcome.wrong] == list(range(MOST_KEPT))

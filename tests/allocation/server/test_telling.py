"""Observers are told of every call once, in order, and soon."""

from __future__ import annotations

import asyncio
from typing import Any

from allocation.server.calls import CallRecord
from allocation.server.interceptors.telling import LATEST_S, MOST_UNTOLD, Telling


class Listener:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str, float]] = []
        self.begun: list[str] = []
        self.told_of: list[int] = []

    def began(self, record: CallRecord, context: Any) -> None:
        self.begun.append(record.id)

    def ended(self, record: CallRecord, code: str, duration_s: float) -> None:
        self.heard.append((record.id, code, duration_s))

    def told(self) -> None:
        self.told_of.append(len(self.heard))

    def refused_unread(self, method: str, count: int) -> None:
        raise AssertionError("not a matter of calls that are over")


def begin(telling: Telling, name: str) -> None:
    telling.began(CallRecord(name), None)


async def test_a_call_by_itself_is_told_of_as_it_ends():
    first, second = Listener(), Listener()
    telling = Telling([first, second])
    begin(telling, "a")
    telling.ended(CallRecord("a"), "OK", 0.5)
    assert first.heard == second.heard == [("a", "OK", 0.5)]
    assert first.begun == second.begun == ["a"]
    assert first.told_of == second.told_of == [1]


async def test_calls_at_the_same_time_are_told_of_together_in_the_order_of_their_ends():
    listener = Listener()
    telling = Telling([listener])
    for name in "abc":
        begin(telling, name)
    telling.ended(CallRecord("b"), "OK", 0.1)
    telling.ended(CallRecord("a"), "CANCELLED", 0.2)
    assert listener.heard == []
    telling.ended(CallRecord("c"), "OK", 0.3)
    assert [call for call, _, _ in listener.heard] == ["b", "a", "c"]
    assert listener.told_of == [3]


async def test_no_more_than_some_wait_to_be_told_of():
    listener = Listener()
    telling = Telling([listener])
    begin(telling, "first")
    for number in range(2 * MOST_UNTOLD + 1):
        begin(telling, str(number))
        telling.ended(CallRecord(str(number)), "OK", 0.0)
    assert len(listener.heard) == 2 * MOST_UNTOLD


async def test_beside_a_call_that_goes_on_the_others_are_told_of_after_a_moment():
    listener = Listener()
    telling = Telling([listener])
    begin(telling, "first")
    for name in ("a", "b"):
        begin(telling, name)
        telling.ended(CallRecord(name), "OK", 0.0)
        await asyncio.sleep(2 * LATEST_S)
    assert [call for call, _, _ in listener.heard] == ["a", "b"]


async def test_observers_pass_on_soon_what_they_know_of_a_call_that_goes_on():
    listener = Listener()
    telling = Telling([listener])
    begin(telling, "a")
    assert listener.told_of == []
    await asyncio.sleep(2 * LATEST_S)
    assert listener.told_of == [0]

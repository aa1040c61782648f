"""Writes of calls go to the ledger in groups, and each call hears of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from allocation.ledger.commands import Hold, TakeStep
from allocation.ledger.conformance.scene import at, stock, want
from allocation.ledger.core.jobs import RunOn, Tell, here
from allocation.ledger.errors import InsufficientStockError, LedgerUnavailableError
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.replies import PlanReply
from allocation.server import gathered_writes
from allocation.server.gathered_writes import LONG_S, SILENT_S, GatheredWrites, run_on_loop


class Slow(MemoryLedger):
    """Keeps groups until it is told to write them."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[tuple[Sequence[Hold | TakeStep], Tell]] = []

    def submit_all(
        self, commands: Sequence[Hold | TakeStep], tell: Tell, run_on: RunOn = here
    ) -> None:
        del run_on
        self.groups.append((commands, tell))

    def write(self, group: int, order: Sequence[int] | None = None) -> None:
        """Write a group; with `order`, tell of each by itself and in this order."""
        commands, tell = self.groups[group]
        answers = [one.exception() or one.result() for one in map(self.submit, commands)]
        numbered = list(enumerate(answers))
        for some in [numbered] if order is None else [[numbered[number]] for number in order]:
            tell(some)


def a_hold(plan_id: str, quantity: int = 1) -> Hold:
    row = want(quantity=quantity)
    return Hold(now=at(1), plan_id=plan_id, rows=(row,), expire_time=at(99), request_id=plan_id)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_writes_that_come_while_a_group_is_at_work_go_together() -> None:
    ledger = Slow()
    stock(ledger, 9)
    writes = GatheredWrites(ledger, clock=lambda: 0.0)
    calls = [asyncio.ensure_future(writes.write(a_hold("a")))]
    await settled()
    calls += [asyncio.ensure_future(writes.write(a_hold(name))) for name in "bc"]
    await settled()
    assert [len(commands) for commands, _ in ledger.groups] == [1]
    ledger.write(0)
    await settled()
    assert [len(commands) for commands, _ in ledger.groups] == [1, 2]
    ledger.write(1, order=[1, 0])
    assert [reply.plan.plan_id for reply in await asyncio.gather(*calls)] == ["a", "b", "c"]


async def test_a_ledger_is_silent_while_writes_wait_and_it_answers_none() -> None:
    ledger, now_s = Slow(), 0.0
    stock(ledger, 9)
    writes = GatheredWrites(ledger, clock=lambda: now_s)

    def is_silent() -> bool:
        return writes.is_silent

    now_s = 9.0
    calls = [asyncio.ensure_future(writes.write(a_hold("a", 99)))]
    await settled()
    assert not is_silent()
    now_s += SILENT_S
    calls.append(asyncio.ensure_future(writes.write(a_hold("b"))))
    now_s += LONG_S
    await asyncio.sleep(2 * LONG_S)
    assert is_silent()
    ledger.write(0)  # A refusal is an answer.
    await settled()
    assert not is_silent()
    now_s += SILENT_S
    assert is_silent()
    _, tell = ledger.groups[1]
    tell([(0, LedgerUnavailableError("away"))])
    await asyncio.gather(*calls, return_exceptions=True)
    assert not is_silent()


async def test_a_ledger_that_is_away_is_not_heard_of() -> None:
    ledger, now_s = Slow(), 0.0
    writes = GatheredWrites(ledger, clock=lambda: now_s)
    calls = [asyncio.ensure_future(writes.write(a_hold("a")))]
    await settled()
    calls.append(asyncio.ensure_future(writes.write(a_hold("b"))))
    await settled()
    now_s = SILENT_S
    await asyncio.sleep(2 * LONG_S)
    assert len(ledger.groups) == 2
    _, tell = ledger.groups[0]
    tell([(0, LedgerUnavailableError("away"))])
    await settled()
    assert writes.is_silent
    ledger.write(1)
    await asyncio.gather(*calls, return_exceptions=True)


async def test_where_many_write_each_waits_for_others_but_not_for_ever() -> None:
    ledger = Slow()
    stock(ledger, 999)
    now_s = 0.0
    writes = GatheredWrites(ledger, clock=lambda: now_s)
    many = gathered_writes.MANY
    calls = [asyncio.ensure_future(writes.write(a_hold(str(n)))) for n in range(many)]
    await settled()
    assert not ledger.groups
    now_s = gathered_writes.LONG_S
    await asyncio.sleep(2 * gathered_writes.LONG_S)
    assert [len(commands) for commands, _ in ledger.groups] == [many]
    ledger.write(0)
    await asyncio.gather(*calls)
    now_s = 2 * gathered_writes.LONG_S
    alone = asyncio.ensure_future(writes.write(a_hold("alone")))
    await settled()
    assert len(ledger.groups) == 2
    ledger.write(1)
    await alone


async def test_a_group_that_waits_for_others_does_not_keep_the_next_one() -> None:
    ledger = Slow()
    stock(ledger, 9)
    now_s = 0.0
    writes = GatheredWrites(ledger, clock=lambda: now_s)
    calls = [asyncio.ensure_future(writes.write(a_hold("a")))]
    await settled()
    calls.append(asyncio.ensure_future(writes.write(a_hold("b"))))
    await settled()
    assert len(ledger.groups) == 1
    now_s = gathered_writes.LONG_S
    await asyncio.sleep(2 * gathered_writes.LONG_S)
    assert len(ledger.groups) == 2
    for number in (1, 0):
        ledger.write(number)
    await asyncio.gather(*calls)


async def test_enough_writes_go_whatever_else_is_at_work() -> None:
    ledger = Slow()
    stock(ledger, 999)
    writes = GatheredWrites(ledger, clock=lambda: 0.0)
    count = gathered_writes.ENOUGH
    calls = [asyncio.ensure_future(writes.write(a_hold(str(n)))) for n in range(2 * count)]
    await settled()
    assert [len(commands) for commands, _ in ledger.groups] == [count, count]
    for number in (0, 1):
        ledger.write(number)
    await asyncio.gather(*calls)


async def test_a_refusal_is_told_to_its_own_call_only() -> None:
    ledger = Slow()
    stock(ledger, 2)
    writes = GatheredWrites(ledger)
    wanted = [a_hold("a"), a_hold("b", 5), a_hold("c")]
    calls = [asyncio.ensure_future(writes.write(command)) for command in wanted]
    await settled()
    ledger.write(0)
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(one) for one in found] == [PlanReply, InsufficientStockError, PlanReply]


async def test_a_call_that_is_cancelled_leaves_the_others_alone() -> None:
    ledger = Slow()
    stock(ledger, 9)
    writes = GatheredWrites(ledger)
    gone, stays = (asyncio.ensure_future(writes.write(a_hold(name))) for name in "ab")
    await settled()
    gone.cancel()
    ledger.write(0)
    assert (await stays).plan.plan_id == "b"
    assert ledger.get_plan("a", now=at(2)).plan_id == "a"


async def test_a_ledger_that_takes_nothing_is_told_to_all() -> None:
    class Closed(MemoryLedger):
        def submit_all(self, *_: object) -> None:
            raise LedgerUnavailableError("the ledger is closed")

    writes = GatheredWrites(Closed())
    calls = [asyncio.ensure_future(writes.write(a_hold(name))) for name in "ab"]
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(one) for one in found] == [LedgerUnavailableError] * 2


async def test_a_loop_runs_what_another_thread_asks_of_it() -> None:
    ran: list[int] = []
    loop = asyncio.get_running_loop()

    def ask() -> None:
        run_on_loop(loop, lambda: ran.append(threading.get_ident()))
        assert ran

    await asyncio.to_thread(ask)
    assert ran == [threading.get_ident()]


@pytest.mark.parametrize("state", ["busy", "closed"])
def test_what_a_loop_does_not_come_to_is_run_by_who_asked(state: str) -> None:
    loop = asyncio.new_event_loop()
    if state == "closed":
        loop.close()
    ran: list[Any] = []
    run_on_loop(loop, lambda: ran.append(threading.get_ident()))
    assert ran == [threading.get_ident()]
    if state == "busy":
        # It finds that it is done already.
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
    assert len(ran) == 1

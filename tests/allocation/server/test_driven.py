"""What is driven runs as a task would, up to its end."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from allocation.server.driven import Driven


@pytest.fixture
def ended() -> list[Driven]:
    return []


async def test_it_begins_at_once_and_goes_on_when_what_it_waits_for_is_done(
    ended: list[Driven],
) -> None:
    first, second = (asyncio.get_running_loop().create_future() for _ in range(2))
    seen: list[object] = []

    async def inner() -> str:
        return str(await second)

    async def run() -> None:
        seen.append("begun")
        seen.append(await first)
        seen.append(await inner())

    driven = Driven(run(), ended.append)
    assert seen == ["begun"]
    first.set_result("one")
    await asyncio.sleep(0)
    assert (seen, ended) == (["begun", "one"], [])
    second.set_result("two")
    await asyncio.sleep(0)
    assert (seen, ended) == (["begun", "one", "two"], [driven])


async def test_what_ends_without_waiting_is_over_at_once(ended: list[Driven]) -> None:
    async def run() -> None:
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        await done

    driven = Driven(run(), ended.append)
    assert ended == [driven]


async def test_errors_of_what_it_waits_for_reach_it(ended: list[Driven]) -> None:
    task = asyncio.ensure_future(asyncio.sleep(60))
    caught: list[BaseException] = []

    async def run() -> None:
        try:
            await task
        except asyncio.CancelledError as error:
            caught.append(error)

    Driven(run(), ended.append)
    task.cancel()
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert [type(each) for each in caught] == [asyncio.CancelledError]
    assert len(ended) == 1


async def test_its_own_errors_go_to_the_loops_handler(ended: list[Driven]) -> None:
    told: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, about: told.append(about))
    first = loop.create_future()

    async def run() -> None:
        await first
        raise ValueError("no")

    driven = Driven(run(), ended.append)
    first.set_result(None)
    await asyncio.sleep(0)
    assert ended == [driven]
    assert [str(about["exception"]) for about in told] == ["no"]


async def test_nothing_but_what_it_waits_for_needs_to_know_it(ended: list[Driven]) -> None:
    first = asyncio.get_running_loop().create_future()

    async def run() -> None:
        await first

    Driven(run(), ended.append)
    gc.collect()
    first.set_result(None)
    await asyncio.sleep(0)
    assert len(ended) == 1

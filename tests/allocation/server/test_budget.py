"""How long planning may take."""

from __future__ import annotations

import asyncio

import pytest

from allocation.errors import NoPlanInTimeError
from allocation.server.budget import Deadline
from allocation.server.calls import CallRecord
from allocation.server.environment import Environment
from allocation.server.in_process import running_server
from allocation.server.interceptors.errors import answer_error
from tests.allocation.server.planners import GatedPlanner
from tests.allocation.server.samples import allocate_request, connected, error_of


def deadline(remaining_s: float | None) -> Deadline:
    return Deadline.after(remaining_s, lambda: 100.0)


@pytest.mark.parametrize(
    ("remaining_s", "requested_s", "budget_s"),
    [
        (None, None, 1.0),
        (None, 7.0, 7.0),
        (10.0, None, 1.0),
        (10.0, 60.0, 9.5),
        (0.5, None, 0.475),
        (0.1, None, 0.08),
        (0.1, 0.01, 0.01),
    ],
)
def test_the_budget_is_what_is_asked_for_within_the_deadline_less_a_margin(
    remaining_s: float | None, requested_s: float | None, budget_s: float
) -> None:
    assert deadline(remaining_s).budget_s(requested_s) == pytest.approx(budget_s)


@pytest.mark.parametrize("remaining_s", [0.02, 0.01, 0.0, -3.0])
def test_a_deadline_within_the_margin_leaves_no_time_to_plan(remaining_s: float) -> None:
    with pytest.raises(NoPlanInTimeError):
        deadline(remaining_s).budget_s(None)


def test_time_spent_waiting_is_not_planned_with() -> None:
    now = [100.0]
    ends = Deadline.after(1.0, lambda: now[0])
    now[0] = 100.6
    assert ends.budget_s(None) == pytest.approx(0.38)


@pytest.mark.parametrize(
    ("timeout_s", "asked_s", "least_s", "most_s"),
    [(None, None, 1.0, 1.0), (20, None, 1.0, 1.0), (20, 30, 15.0, 19.5), (2, 30, 0.5, 1.95)],
)
async def test_the_engine_gets_what_is_left_of_the_calls_deadline(
    timeout_s: float | None, asked_s: int | None, least_s: float, most_s: float
) -> None:
    planner = GatedPlanner(is_open=True)
    async with (
        running_server(environment=Environment(planner)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        request = allocate_request()
        if asked_s is not None:
            request.options.solve_budget.seconds = asked_s
        await client.allocation.Allocate(request, timeout=timeout_s)
    assert least_s <= planner.requests[0].budget_s <= most_s


async def test_no_plan_in_time_is_said_when_the_queue_took_it_all() -> None:
    # The clock of the server jumps while the call waits: its own deadline, not the client's.
    now = [0.0]

    def clock() -> float:
        now[0] += 30.0
        return now[0]

    planner = GatedPlanner(is_open=True)
    async with (
        running_server(environment=Environment(planner, clock=clock)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        error = await error_of(client.allocation.Allocate(allocate_request(), timeout=10))
    assert error.reason == "NO_PLAN_IN_TIME"
    assert error.code.name == "DEADLINE_EXCEEDED"
    assert not planner.requests


class Called:
    """A call with so many seconds left."""

    def __init__(self, remaining_s: float | None) -> None:
        self.remaining_s = remaining_s
        self.aborted: list[object] = []

    def time_remaining(self) -> float | None:
        return self.remaining_s

    async def abort(self, *answer: object) -> None:
        self.aborted.append(answer)


@pytest.mark.parametrize("remaining_s", [None, 0.001])
async def test_who_may_still_wait_is_told_what_went_wrong(remaining_s: float | None) -> None:
    call = Called(remaining_s)
    await answer_error(NoPlanInTimeError("none", {}), CallRecord("id", "method", 0.0), call)
    assert len(call.aborted) == 1


async def test_nobody_is_told_after_the_deadline() -> None:
    call = Called(-0.001)
    with pytest.raises(asyncio.CancelledError):
        await answer_error(NoPlanInTimeError("none", {}), CallRecord("id", "method", 0.0), call)
    assert call.aborted == []

"""What a server works out before the first cart, and that it keeps quiet about it."""

from __future__ import annotations

from dataclasses import replace

from allocation.engine import Engine
from allocation.engine_api import PlanningRequest, PlanningResult, QuoteResult
from allocation.server.rehearsal import rehearse, rehearse_quietly
from bench.instances.kinds import Kind, requests_of
from tests.allocation.server.planners import GatedPlanner


def sample() -> PlanningRequest:
    return next(requests_of(Kind.PLAIN, 1, 2, 10, 1))


class NotingEngine:
    """An engine that keeps what it answered."""

    def __init__(self) -> None:
        self.engine, self.answers = Engine(clock=lambda: 0.0), list[QuoteResult]()

    def plan(self, request: PlanningRequest) -> PlanningResult:
        raise AssertionError(f"{request} was planned")

    def quote(self, request: PlanningRequest) -> QuoteResult:
        self.answers.append(self.engine.quote(request))
        return self.answers[-1]


def test_a_cart_that_can_be_delivered_is_quoted_to_a_home_and_to_a_business() -> None:
    request, engine = sample(), NotingEngine()
    assert rehearse(engine, request.network, request.decision_time) == 2
    assert [answer.options[0].unfilled_lines for answer in engine.answers] == [0, 0]


def test_a_network_with_nothing_to_quote_from_is_left_alone() -> None:
    request, planner = sample(), GatedPlanner(is_open=True)
    empty = request.network.with_locations(())
    bare = replace(request.network, items={}, item_id_by_sku={})
    unplaced = [replace(place, coordinates=None, postal_code=None) for place in bare.locations]
    for network in (empty, bare, replace(request.network, locations=tuple(unplaced))):
        assert rehearse(planner, network, request.decision_time) == 0
        rehearse_quietly(planner, network, request.decision_time)
    assert not planner.requests

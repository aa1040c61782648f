"""One order under one rule set: the engine call that checkout makes."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.backtest.case import BacktestCase
from allocation.backtest.observe import observe
from allocation.backtest.outcome import OrderOutcome
from allocation.backtest.shelf import StockOfItems
from allocation.engine import Engine
from allocation.engine_api import PlanningRequest
from allocation.errors import EngineError


@dataclass(frozen=True, slots=True)
class Job:
    """Plan one order of a case under one of its contenders.

    Attributes
    ----------
    contender, order
        Their numbers in the case.
    stock
        What is left for the order.
    explain
        Whether to find the runner-up and the verdicts too, which costs further searches.
    """

    contender: int
    order: int
    stock: StockOfItems
    explain: bool = False


def run_job(engine: Engine, case: BacktestCase, job: Job) -> OrderOutcome:
    """Plan an order and return what it came to."""
    past = case.orders[job.order]
    request = PlanningRequest(
        request_id="",
        order=past.order,
        network=case.network,
        stock=job.stock,
        policy=case.contenders[job.contender].at(past.order.placed_time),
        decision_time=past.order.placed_time,
        budget_s=case.budget_s,
        explain=job.explain,
        baseline=past.baseline,
    )
    try:
        result = engine.plan(request)
    except EngineError as error:
        return OrderOutcome(problem=f"{error.reason}: {error.message}")
    return observe(past.order, result.plan, result.capacity)

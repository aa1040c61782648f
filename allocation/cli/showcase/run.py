"""Plans every example order over gRPC and lets the server price what the policies choose."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from google.type.decimal_pb2 import Decimal as DecimalMessage

from allocation.cli.connection import Connection
from allocation.cli.money_text import amount_of
from allocation.cli.showcase.example import Example, wants_of
from allocation.cli.showcase.outcome import Choosing, Outcome
from allocation.demo.policies import POLICIES, filled_units
from allocation.demo.policy_terms import Choice
from allocation.v1.allocation_service_pb2 import AllocateRequest
from allocation.v1.alternative_pb2 import Baseline, BaselineComparison
from allocation.v1.plan_pb2 import Plan
from routing.v1.order_pb2 import Order

CALL_TIMEOUT_S = 30.0


def run_example(
    connection: Connection, example: Example, advance: Callable[[int], None]
) -> tuple[Outcome, ...]:
    """Return the outcome of each order; `advance` is called after each."""
    outcomes = []
    for order in example.orders:
        outcomes.append(_outcome(connection, example, order))
        advance(1)
    return tuple(outcomes)


def _outcome(connection: Connection, example: Example, order: Order) -> Outcome:
    wants, places = wants_of(order), example.distances(order)
    distance_m = {place.location_id: place.distance_m for place in places}
    stock = example.stock_for(order)
    started = time.perf_counter()
    plan = connection.allocation.Allocate(
        AllocateRequest(order=order, inline_stock=stock), timeout=CALL_TIMEOUT_S
    ).plan
    call_s = time.perf_counter() - started
    policies: dict[str, Choosing] = {}
    for policy in POLICIES:
        choices = policy.choose(wants, example.levels, places)
        request = AllocateRequest(
            order=order, inline_stock=stock, baseline=_baseline(policy.name, choices)
        )
        answer = connection.allocation.Allocate(request, timeout=CALL_TIMEOUT_S)
        sent = sum(filled_units(wants, choices).values())
        policies[policy.name] = Choosing(
            cost=_baseline_cost(answer.plan.baseline),
            distances_m=_distances(choices, distance_m),
            filled_units=sent,
        )
    return Outcome(
        order=order,
        plan=plan,
        call_s=call_s,
        ordered_units=sum(want.quantity for want in wants),
        ours=_ours(plan, distance_m),
        policies=policies,
    )


def _ours(plan: Plan, distance_m: Mapping[str, int | None]) -> Choosing:
    return Choosing(
        cost=amount_of(plan.cost.total),
        distances_m=tuple(distance_m[each.location_id] for each in plan.shipments),
        filled_units=sum(int(part.quantity.value) for line in plan.lines for part in line.parts),
    )


def _baseline(label: str, choices: Sequence[Choice]) -> Baseline:
    baseline = Baseline(label=label)
    for choice in choices:
        baseline.parts.add(
            line_id=choice.line_id,
            location_id=choice.location_id,
            quantity=DecimalMessage(value=str(choice.quantity)),
        )
    return baseline


def _baseline_cost(baseline: BaselineComparison) -> Decimal | None:
    return amount_of(baseline.cost.total) if baseline.HasField("cost") else None


def _distances(
    choices: Sequence[Choice], distance_m: Mapping[str, int | None]
) -> tuple[int | None, ...]:
    used = dict.fromkeys(choice.location_id for choice in choices)
    return tuple(distance_m[location_id] for location_id in used)

"""What the demo compares is comparable, and what it says is what was planned."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from allocation.cli.connection import connect
from allocation.cli.network_calls import put_items, put_locations
from allocation.cli.showcase.example import Example, read_example, wants_of
from allocation.cli.showcase.outcome import Choosing, Outcome, figures_of
from allocation.cli.showcase.report import closing_lines, plan_lines, summary_table
from allocation.cli.showcase.run import run_example
from allocation.demo.policies import POLICIES
from allocation.v1.proof_pb2 import ProofStatus

ORDERS = 15


@pytest.fixture(scope="module")
def example() -> Example:
    return read_example(ORDERS)


@pytest.fixture(scope="module")
def outcomes(example: Example) -> tuple[Outcome, ...]:
    with connect(None) as connection:
        put_locations(connection, example.files.locations)
        put_items(connection, example.files.items)
        return run_example(connection, example, lambda _: None)


def test_no_policy_undercuts_a_plan_that_is_proven(outcomes: tuple[Outcome, ...]) -> None:
    assert len(outcomes) == ORDERS
    for outcome in outcomes:
        assert outcome.plan.proof.status == ProofStatus.PROOF_STATUS_OPTIMAL
        assert outcome.comparable
        assert all(outcome.saving_against(policy.name) >= 0 for policy in POLICIES)


def test_the_servers_shipments_and_distances_are_those_of_the_table(
    outcomes: tuple[Outcome, ...],
) -> None:
    for outcome in outcomes:
        told = [shipment.distance_m for shipment in outcome.plan.shipments]
        assert list(outcome.ours.distances_m) == told


def test_the_server_counts_a_policys_shipments_as_we_do(
    example: Example, outcomes: tuple[Outcome, ...]
) -> None:
    for order, outcome in zip(example.orders, outcomes, strict=True):
        for policy in POLICIES:
            choices = policy.choose(wants_of(order), example.levels, example.distances(order))
            used = {choice.location_id for choice in choices}
            assert len(used) == len(outcome.policies[policy.name].distances_m)


def test_the_report_names_every_policy_and_the_proofs(
    example: Example, outcomes: tuple[Outcome, ...]
) -> None:
    table = summary_table(outcomes)
    assert table.row_count == 1 + len(POLICIES)
    assert any(f"{ORDERS} of {ORDERS} plans" in line for line in closing_lines(outcomes))
    told = "\n".join(plan_lines(outcomes, example))
    assert told.startswith("The first 3 orders:\ndemo-0001:")
    assert "costs" in told


def test_orders_that_do_not_compare_are_left_out_of_the_costs_but_not_of_the_filling() -> None:
    good = Choosing(cost=Decimal(10), distances_m=(1000, None), filled_units=2)
    short = replace(good, cost=Decimal(2), filled_units=1)
    figures = figures_of([good], [good, short], 4)
    assert (figures.cost, figures.shipments, figures.distance_km) == (Decimal(10), 2, 1)
    assert figures.filled_share == 0.75


def test_an_order_compares_only_if_every_way_has_a_price_and_sends_as_much(
    outcomes: tuple[Outcome, ...],
) -> None:
    outcome = outcomes[0]
    unpriced = replace(outcome.policies["nearest"], cost=None)
    fewer = replace(outcome.policies["nearest"], filled_units=0)
    for other in (unpriced, fewer):
        assert not replace(outcome, policies={"nearest": other}).comparable


def test_figures_of_no_order_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match="no order"):
        figures_of([], [], 0)

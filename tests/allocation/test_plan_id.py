"""Ids of plans: made of the decision, and in the order of time."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.engine import Engine
from allocation.engine_api import PlanningRequest
from allocation.plan import (
    LinePart,
    Plan,
    PlannedShipment,
    Reservation,
    UnfilledLine,
    UnfilledReason,
)
from allocation.plan_id import plan_id_of
from routing.ids import LotId, OrderId
from routing.quantity import Quantity
from tests.networks import NOW, item, line, network, order, request, stock

ENGINE = Engine(time.monotonic)
ITEMS = [item("cup")]


def test_ids_of_plans_grow_with_the_time_of_their_decisions():
    times = [NOW + timedelta(milliseconds=number) for number in (-10_000, 0, 1, 10**9, 5 * 10**12)]
    times = [datetime(1969, 12, 31, tzinfo=UTC), *times]
    asked = request(order([line(1, "cup")]), network(ITEMS), stock(cup={"reno": 1}))
    ids = [ENGINE.plan(replace(asked, decision_time=time)).plan.id for time in times]
    assert sorted(ids) == ids
    assert len(set(ids)) == len(ids)
    assert {len(each) for each in ids} == {len("pln_") + 26}
    other = ENGINE.plan(replace(asked, decision_time=times[0], request_id="r")).plan.id
    assert other != ids[0]


_WORDS = st.text(max_size=8)
_NUMBERS = st.integers(0, 10**12)


@st.composite
def decisions(draw: st.DrawFn) -> tuple[PlanningRequest, Plan]:
    """Return a request, and a plan of any lines, shipments, rows and units left out."""
    asked = request(order([line(1, "cup")]), network(ITEMS), stock(cup={"reno": 1}))
    plan = ENGINE.plan(asked).plan

    def any_of(made: st.SearchStrategy[Any]) -> tuple[Any, ...]:
        return tuple(draw(st.lists(made, max_size=2)))

    quantities = st.builds(Quantity, _NUMBERS, st.just(0))
    parts = st.builds(LinePart, _WORDS, quantities, st.integers(1, 9))
    shipment = plan.shipments[0]
    shipments = st.builds(
        lambda carrier, service, day, cost: replace(
            shipment, carrier=carrier, service=service, ship_date=day, cost=cost
        ),
        _WORDS,
        _WORDS,
        st.none() | st.dates(),
        st.just(shipment.cost),
    )
    rows = st.builds(
        lambda line_id, lot, serials, backordered: replace(
            plan.reservations[0],
            line_id=line_id,
            lot_id=lot,
            serials=serials,
            backordered=backordered,
        ),
        _WORDS,
        st.none() | _WORDS.map(LotId),
        st.lists(_WORDS, max_size=3).map(tuple),
        st.booleans(),
    )
    unfilled = st.builds(
        lambda line_id, quantity: UnfilledLine(line_id, quantity, UnfilledReason.NOT_IN_STOCK, ""),
        _WORDS,
        quantities,
    )
    lines = st.builds(
        lambda line_id, found: replace(plan.lines[0], line_id=line_id, parts=tuple(found)),
        _WORDS,
        st.lists(parts, max_size=2),
    )
    drawn = replace(
        plan,
        lines=any_of(lines),
        shipments=any_of(shipments),
        reservations=any_of(rows),
        unfilled=any_of(unfilled),
        basis=replace(plan.basis, rule_set_revision=draw(_WORDS), stock_version=draw(_NUMBERS)),
    )
    named = replace(asked.order, id=OrderId(draw(_WORDS)))
    return replace(asked, request_id=draw(_WORDS), order=named), drawn


@settings(max_examples=50)
@given(decisions())
def test_an_id_is_a_digest_of_what_was_decided(decision: tuple[PlanningRequest, Plan]):
    asked, plan = decision
    lines, shipments, rows = plan.lines, plan.shipments, plan.reservations
    made = plan_id_of(asked, plan.basis, lines, shipments, rows, plan.unfilled)
    content = (
        asked.request_id,
        asked.order.id,
        asked.decision_time.isoformat(),
        plan.basis.rule_set_revision,
        plan.basis.network_version,
        plan.basis.stock_version,
        [
            (each.line_id, part.location_id, part.quantity.increments, part.shipment_number)
            for each in lines
            for part in each.parts
        ],
        [_shipped(each) for each in shipments],
        [
            (row.line_id, row.part, row.lot_id, row.serials, row.quantity.increments)
            for row in rows
            if _is_particular(row)
        ],
        [(each.line_id, each.quantity.increments) for each in plan.unfilled],
    )
    assert made.endswith(hashlib.sha256(repr(content).encode()).hexdigest()[:15])


def _shipped(each: PlannedShipment) -> tuple[object, ...]:
    day = None if each.ship_date is None else each.ship_date.toordinal()
    return each.carrier, each.service, day, each.cost.total_minor


def _is_particular(row: Reservation) -> bool:
    return bool(row.lot_id or row.serials or row.backordered)

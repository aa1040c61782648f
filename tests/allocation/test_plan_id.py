"""Ids of plans: made of the decision, and in the order of time."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from allocation.engine import Engine
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

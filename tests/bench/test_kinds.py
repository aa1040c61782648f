"""The benchmark of kinds of lines runs, and draws what it says."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from allocation.engine import Engine
from bench.instances.kinds import HEAVY, Kind, requests_of
from bench.kinds import main
from bench.plain_alone import plain_alone
from routing.ids import ItemId
from routing.sourcing.policy import Policy


def test_a_short_run_ends_with_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--small", "--orders", "2", "--lines", "2", "--locations", "10"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [each["kind"] for each in last["kinds"]] == [kind.value for kind in Kind]
    assert all(each["median_ms"] > 0 for each in last["kinds"])
    assert last["plain_ratio"] > 0


def test_kinds_differ_in_their_items_only():
    drawn = [next(requests_of(kind, 1, 3, 10, seed=4)) for kind in Kind if kind not in HEAVY]
    assert len({request.order for request in drawn}) == 1
    assert len({request.network.items[ItemId("item-0")] for request in drawn}) == len(drawn)


def test_heavy_kinds_have_three_times_the_units_of_the_same_lines():
    plain, *heavy = [next(requests_of(kind, 1, 3, 10, seed=4)) for kind in (Kind.PLAIN, *HEAVY)]
    for each in heavy:
        assert isinstance(each.policy, Policy)
        assert each.policy.line_split
        for light, line in zip(plain.order.lines, each.order.lines, strict=True):
            assert line == replace(light, quantity_e6=3 * light.quantity_e6)


def test_plain_orders_are_planned_alike_where_nothing_else_exists():
    engine = Engine(time.monotonic)
    for request in requests_of(Kind.PLAIN, 5, 3, 20, seed=2):
        as_is = engine.plan(request).plan
        with plain_alone():
            assert engine.plan(request).plan == as_is

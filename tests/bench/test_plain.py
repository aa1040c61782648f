"""The benchmark of plain orders runs, and both ways plan the same."""

from __future__ import annotations

import json

import pytest

from bench.plain import STAGES, draw_requests, main, the_long_way
from routing.sourcing.build import build_sourcing


def test_a_short_run_ends_with_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--small", "--orders", "10", "--locations", "10"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["differing"] == 0
    assert set(last["short_us"]) == set(last["long_us"]) == {*STAGES, "plan"}


def test_all_of_its_orders_are_usual_and_none_of_those_that_take_the_long_way() -> None:
    requests = draw_requests(10, 20, seed=3)
    for each in requests:
        found = build_sourcing(each.order, each.network, each.stock, each.policy)
        assert found.problem.usual is not None
    for each in the_long_way(requests):
        found = build_sourcing(each.order, each.network, each.stock, each.policy)
        assert found.problem.usual is None

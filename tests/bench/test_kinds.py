"""The benchmark of kinds of lines runs, and draws what it says."""

from __future__ import annotations

import json

import pytest

from bench.instances.kinds import Kind, requests_of
from bench.kinds import main
from routing.ids import ItemId


def test_a_short_run_ends_with_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--small", "--orders", "2", "--lines", "2", "--locations", "10"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [each["kind"] for each in last["kinds"]] == [kind.value for kind in Kind]
    assert all(each["median_ms"] > 0 for each in last["kinds"])


def test_kinds_differ_in_their_items_only():
    drawn = [next(requests_of(kind, 1, 3, 10, seed=4)) for kind in Kind]
    assert len({request.order for request in drawn}) == 1
    assert len({request.network.items[ItemId("item-0")] for request in drawn}) == len(drawn)

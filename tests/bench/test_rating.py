"""The benchmark of prices and quotes runs."""

from __future__ import annotations

import json

import pytest

from bench.rating import main


def test_a_short_run_ends_with_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--small", "--locations", "10", "--lines", "2"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [each["carts"] for each in last["carts"]] == ["plain", "cartons"]
    assert all(each["prices_per_s"] > 0 for each in last["carts"])
    assert all(each["quote_median_ms"] > 0 for each in last["carts"])

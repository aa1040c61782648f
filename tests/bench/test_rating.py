"""The benchmark of prices and quotes runs."""

from __future__ import annotations

import json

import pytest

from bench.rating import main


def test_a_short_run_ends_with_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--small", "--locations", "10,12", "--lines", "2"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(last["locations"]) == ["10", "12"]
    for sizes in last["locations"].values():
        assert list(sizes) == ["plain", "cartons"]
        for figures in sizes.values():
            assert figures["subset_prices_per_s"] > 0
            assert 0 < figures["quote_p50_ms"] <= figures["quote_p99_ms"]
            assert 0 <= figures["worst_gap"] < 1
            assert figures["proven"] <= figures["carts"] == 2

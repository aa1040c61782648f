"""Figures of capacity planning: they are there, and grow with what they are about."""

from __future__ import annotations

import json

import pytest

from bench.capacity import main


@pytest.mark.soak
def test_a_short_run_says_what_everything_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--small"]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    for store in ("sqlite", "postgresql"):
        assert figures[f"{store}_bytes_per_level"] > 50
        assert figures[f"{store}_bytes_per_order"] > 500
    assert figures["process_kib"] > 50_000

"""The ledger's benchmark and its bare store write the same, whatever the tables have become."""

from __future__ import annotations

from pathlib import Path

from bench.ledger_bare import run_bare
from bench.ledger_count import count
from bench.ledger_load import run_load
from bench.ledger_scene import LINES, Load, Place


def test_the_ledger_and_the_bare_store_hold_and_commit_every_order(tmp_path: Path) -> None:
    load = Load("cold", levels=20, orders=6, clients=4, processes=1, seed=1)
    place, bare = (Place(file=tmp_path / f"{name}.db") for name in ("ledger", "bare"))
    for each in (place, bare):
        load.fill(each)
    (outcome,) = run_load(place, load)
    assert (len(outcome.held), len(outcome.committed), outcome.refused) == (6, 6, 0)
    assert count(place, outcome.held, outcome.committed, LINES) == {"oversold": 0, "lost": 0}
    run_bare(bare, load, batch=4, writers=1)
    assert count(bare, outcome.held, outcome.committed, LINES) == {"oversold": 0, "lost": 0}

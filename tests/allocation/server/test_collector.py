"""A server's process spares the garbage collector what it keeps."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from allocation.server import collector


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.enable()
    gc.set_threshold(*thresholds)


def test_what_is_loaded_is_left_alone_and_the_rest_is_looked_at_rarely() -> None:
    before = gc.get_threshold()
    collector.relax()
    assert gc.get_freeze_count() > 10_000
    assert all(now > then for now, then in zip(gc.get_threshold(), before, strict=True))


def test_nothing_is_looked_at_while_things_are_loaded() -> None:
    collector.pause()
    assert not gc.isenabled()
    collector.relax()
    assert gc.isenabled()


def test_cycles_made_afterwards_are_still_collected() -> None:
    collector.relax()
    cycle: list[object] = []
    cycle.append(cycle)
    del cycle
    assert gc.collect() >= 1

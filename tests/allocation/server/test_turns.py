"""A thread that computes without pause does not keep the interpreter's lock to itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from allocation.server import turns


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    interval_s = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval_s)


def test_other_threads_get_the_lock_before_a_loop_lets_go_of_it_once_more() -> None:
    turns.share()
    assert sys.getswitchinterval() < 0.0002

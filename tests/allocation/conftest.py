"""A real PostgreSQL, started when the first test asks for it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.allocation.ledger.postgres_server import Server

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.stop()


@pytest.fixture
def schema() -> str:
    return f"test_{next(_NUMBERS)}"

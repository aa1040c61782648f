"""A real PostgreSQL, started when the first test asks for it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.allocation.ledger.postgres_server import Server

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("postgres") / "data")
    yield started
    started.stop()


@pytest.fixture
def schema() -> str:
    return f"test_{next(_NUMBERS)}"

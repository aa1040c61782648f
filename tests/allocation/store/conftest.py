"""A store of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from allocation.store.api import Store
from allocation.store.open import open_store
from allocation.store.postgres import postgres_store
from tests.allocation.ledger.postgres_server import Server


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "postgres":
        server: Server = request.getfixturevalue("server")
        opened = postgres_store(server.dsn, schema=request.getfixturevalue("schema"))
    elif request.param == "sqlite":
        opened = open_store(f"sqlite:{tmp_path / 'shipfrom.db'}")
    else:
        opened = open_store("memory")
    with closing(opened):
        yield opened

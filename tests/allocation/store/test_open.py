"""A store's address says where everything is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.feed import LevelRow
from allocation.ledger.level import LevelKey
from allocation.store.address import address_problem
from allocation.store.open import open_store
from routing.errors import InvalidInputError
from routing.ids import ItemId, LocationId

NOW = datetime(2026, 9, 1, tzinfo=UTC)
MUG = LevelKey(ItemId("mug"), LocationId("reno"))


def test_a_sqlite_store_is_still_there_when_it_is_opened_again(tmp_path: Path) -> None:
    address = f"sqlite://{tmp_path}/shipfrom.db"
    for expected in ((), (3,)):
        store = open_store(address)
        levels = store.ledger.levels(now=NOW).levels
        assert tuple(level.available for level in levels) == expected
        store.ledger.set_levels([LevelRow(MUG, 3)], now=NOW)
        store.close()
        store.close()


def test_a_path_without_slashes_is_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:here.db").close()
    assert (tmp_path / "here.db").exists()


def test_a_store_in_memory_starts_empty_every_time() -> None:
    for _ in range(2):
        store = open_store("memory")
        assert store.ledger.levels(now=NOW).levels == ()
        store.ledger.set_levels([LevelRow(MUG, 3)], now=NOW)
        store.close()


@pytest.mark.parametrize("address", ["", "mysql://host/db", "sqlite:", "sqlite://", "sqlite:///"])
def test_an_address_that_names_no_store_is_refused(address: str) -> None:
    assert address_problem(address) is not None
    with pytest.raises(InvalidInputError, match="store"):
        open_store(address)


def test_what_is_said_of_an_unknown_address_holds_no_password() -> None:
    problem = address_problem("mysql://root:secret@host/db")
    assert problem is not None
    assert "secret" not in problem.message


def test_a_store_that_cannot_be_reached_says_so(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnavailableError):
        open_store(f"sqlite://{tmp_path}/no/such/folder/shipfrom.db")
    with pytest.raises(LedgerUnavailableError):
        open_store("postgresql://nobody@/none?host=/nowhere&connect_timeout=1")

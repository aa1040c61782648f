"""A file that is taken away under a ledger: nothing is answered that would be gone with it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from allocation.ledger.conformance.scene import at, hold, key, stock
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.sqlite import SqliteLedger


def remove(path: Path) -> None:
    for each in path.parent.iterdir():
        each.unlink()


def move(path: Path) -> None:
    path.rename(path.with_suffix(".old"))


def replace(path: Path) -> None:
    copy = path.with_suffix(".copy")
    shutil.copy(path, copy)
    copy.replace(path)


@pytest.mark.parametrize("take_away", [remove, move, replace])
def test_nothing_is_held_or_shown_of_a_file_that_is_no_longer_there(
    tmp_path: Path, take_away: Callable[[Path], None]
) -> None:
    path = tmp_path / "store.db"
    ledger = SqliteLedger(path)
    stock(ledger, 9)
    hold(ledger, "before")
    take_away(path)
    for _ in range(2):
        with pytest.raises(LedgerUnavailableError, match="removed or replaced"):
            hold(ledger, "after")
    with pytest.raises(LedgerUnavailableError, match="removed or replaced"):
        ledger.levels(now=at(2), item_ids=[key().item_id])
    ledger.close()


def test_a_file_that_is_put_back_is_used_again(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    ledger = SqliteLedger(path)
    stock(ledger, 9)
    elsewhere = path.with_suffix(".old")
    path.rename(elsewhere)
    with pytest.raises(LedgerUnavailableError):
        hold(ledger, "between")
    elsewhere.rename(path)
    hold(ledger, "after")
    assert ledger.get_plan("after", now=at(2)).plan_id == "after"
    ledger.close()

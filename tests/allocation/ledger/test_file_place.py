"""Where a database file can be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.facts import Limits
from allocation.ledger.sqlite import SqliteLedger
from allocation.ledger.sqlite.examine import examine_sqlite
from tests.allocation.server.doctor.patients import NOW

LIMITS = Limits(overdue=NOW, committed=NOW)


def problem_with(path: Path) -> str:
    """Return what whoever opens a file is told; looking at it says the same."""
    with pytest.raises(LedgerUnavailableError) as opening:
        SqliteLedger(path)
    with pytest.raises(LedgerUnavailableError) as looking:
        examine_sqlite(path, LIMITS)
    assert opening.value.message == looking.value.message
    return opening.value.message


def test_a_folder_that_does_not_exist_is_named_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a" / "b"
    assert f"the folder {folder} of the database c.db does not exist" in problem_with(
        folder / "c.db"
    )
    assert not folder.exists()
    monkeypatch.chdir(tmp_path)
    assert str(folder) in problem_with(Path("a/b/c.db"))


def test_what_is_no_file_or_no_folder_is_named(tmp_path: Path) -> None:
    assert problem_with(tmp_path) == f"{tmp_path} is a folder; name a file in it"
    (tmp_path / "file").touch()
    assert f"{tmp_path / 'file'}, where" in problem_with(tmp_path / "file" / "c.db")


@pytest.mark.parametrize("closed", ["", "c.db"])
def test_what_the_user_may_not_use_is_named(
    tmp_path: Path, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, shut = tmp_path / "c.db", tmp_path / closed
    SqliteLedger(path).close()
    may = os.access

    def access(asked: Path, mode: int) -> bool:
        return asked != shut and may(asked, mode)

    monkeypatch.setattr(os, "access", access)
    told = problem_with(path)
    assert "this user may not" in told
    assert str(shut) in told

"""Each fault strikes under load: what was acknowledged stays, and nobody is refused for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.allocation.ledger.postgres_server import Server as Database
from tests.faults.result import Result
from tests.faults.shop import Told
from tests.faults.stores import NoSmallDiskError
from tests.faults.table import ON_FILES, ON_POSTGRES, OWN_PROCESSES

SHORT_S, LONG_S = 0.1, 20.0


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database()
    yield database
    database.stop()


def check(result: Result) -> None:
    assert result.lost == ()
    assert result.told.refused == {}
    assert result.told.gave_up == 0
    assert result.told.committed
    assert result.fine


@pytest.mark.parametrize("name", sorted(ON_FILES.keys() - OWN_PROCESSES - {"disk_full"}))
def test_nothing_acknowledged_is_lost(name: str, tmp_path: Path) -> None:
    check(ON_FILES[name](tmp_path, SHORT_S))


@pytest.mark.parametrize("name", sorted(ON_POSTGRES))
def test_nothing_acknowledged_is_lost_with_a_database(name: str, database: Database) -> None:
    check(ON_POSTGRES[name](database, SHORT_S))


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(ON_FILES))
def test_nothing_acknowledged_is_lost_for_long(name: str, tmp_path: Path) -> None:
    try:
        check(ON_FILES[name](tmp_path, LONG_S))
    except NoSmallDiskError as error:
        pytest.skip(f"no small file system can be mounted: {error}")


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(ON_POSTGRES))
def test_nothing_acknowledged_is_lost_with_a_database_for_long(
    name: str, database: Database
) -> None:
    check(ON_POSTGRES[name](database, LONG_S))


def test_a_result_with_a_loss_or_a_refusal_is_not_fine() -> None:
    assert Result("x", Told(), ()).fine
    assert not Result("x", Told(), ("a plan is gone",)).fine
    refused = Told()
    refused.refused["INTERNAL"] = 1
    assert not Result("x", refused, ()).fine
    assert not Result("x", Told(gave_up=1), ()).fine

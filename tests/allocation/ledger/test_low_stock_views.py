"""The views for purchasing give the same facts in SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import key
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import LevelKey
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from routing.ids import LineId
from tests.allocation.ledger.postgres_server import Server

VIEWS = Path(__file__).parents[3] / "deploy" / "views"
NOW = datetime.now(UTC)

Query = Callable[[str], list[tuple[object, ...]]]
Scene = tuple[Ledger, Query]


@pytest.fixture
def in_sqlite(tmp_path: Path) -> Iterator[Scene]:
    file = tmp_path / "shipfrom.db"
    with closing(SqliteLedger(file)) as ledger, closing(sqlite3.connect(file)) as connection:
        connection.executescript((VIEWS / "low_stock.sqlite.sql").read_text())
        yield ledger, lambda text: connection.execute(text).fetchall()


@pytest.fixture
def in_postgres(server: Server, schema: str, postgres: PostgresLedger) -> Iterator[Scene]:
    options = f"-c search_path={schema}"
    with psycopg.connect(server.dsn, options=options, autocommit=True) as connection:
        connection.execute((VIEWS / "low_stock.postgresql.sql").read_bytes())
        yield (
            postgres,
            lambda text: [
                tuple(map(_plain, row)) for row in connection.execute(text.encode()).fetchall()
            ],
        )


@pytest.fixture(params=["in_sqlite", "in_postgres"])
def scene(request: pytest.FixtureRequest) -> Scene:
    found: Scene = request.getfixturevalue(request.param)
    return found


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str) else int(str(value))


def put(ledger: Ledger, levels: dict[LevelKey, int], safety_stock: int = 0) -> None:
    rows = [LevelRow(each, units, safety_stock=safety_stock) for each, units in levels.items()]
    ledger.set_levels(rows, now=NOW - timedelta(days=70))


def sell(ledger: Ledger, what: LevelKey, units: int, days_ago: int) -> None:
    now = NOW - timedelta(days=days_ago)
    plan = f"{what} {days_ago}"
    ledger.hold(
        plan, [HoldRow(LineId("1"), 0, what, units)], expire_time=now + timedelta(hours=1), now=now
    )
    ledger.commit(plan, now=now)
    ledger.fulfill(plan, now=now)


def test_what_sells_faster_than_it_lasts_is_to_be_reordered(scene: Scene) -> None:
    ledger, query = scene
    mug = key("mug", "reno")
    put(ledger, {mug: 30}, safety_stock=2)
    for weeks, units in enumerate([12, 4, 2, 4]):
        sell(ledger, mug, units, 1 + 7 * weeks)
    (row,) = query(
        "SELECT on_hand, available, units_in_8_weeks, reorder_point, days_of_cover,"
        " stockout_risk_percent, state FROM low_stock"
    )
    assert row == (8, 6, 22, 3, 15, 12, "enough")


def test_older_sales_and_held_units_do_not_count_as_demand(scene: Scene) -> None:
    ledger, query = scene
    mug = key("mug", "reno")
    put(ledger, {mug: 10})
    sell(ledger, mug, 3, 60)
    later = NOW + timedelta(hours=1)
    ledger.hold("p", [HoldRow(LineId("1"), 0, mug, 7)], expire_time=later, now=NOW)
    (row,) = query("SELECT available, units_in_8_weeks, days_of_cover, state FROM low_stock")
    assert row == (0, 0, None, "out")


def test_lots_count_together(scene: Scene) -> None:
    ledger, query = scene
    put(ledger, {key("mug", "reno", lot="a"): 4, key("mug", "reno", lot="b"): 5})
    assert query("SELECT item_id, available FROM low_stock") == [("mug", 9)]


def test_classes_by_share_of_units(scene: Scene) -> None:
    ledger, query = scene
    put(ledger, {key(name, "reno"): 200 for name in ("a", "b", "c", "d")})
    for name, units in (("a", 80), ("b", 15), ("c", 5)):
        sell(ledger, key(name, "reno"), units, 3)
    found = query("SELECT item_id, abc_class FROM low_stock_abc ORDER BY item_id")
    assert found == [("a", "A"), ("b", "B"), ("c", "C"), ("d", "C")]


def test_a_transfer_from_where_most_is_spare(scene: Scene) -> None:
    ledger, query = scene
    places = {"reno": 16, "dallas": 40, "newark": 9}
    put(ledger, {key("mug", place): units for place, units in places.items()})
    sell(ledger, key("mug", "reno"), 16, 3)
    rows = query("SELECT item_id, from_location_id, to_location_id, units FROM low_stock_transfer")
    assert rows == [("mug", "dallas", "reno", 3)]


def test_the_views_can_be_applied_again(in_sqlite: Scene, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shipfrom.db")) as connection:
        connection.executescript((VIEWS / "low_stock.sqlite.sql").read_text())
        assert connection.execute("SELECT COUNT(*) FROM low_stock").fetchone() == (0,)

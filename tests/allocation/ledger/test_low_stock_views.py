"""The views for purchasing give the facts of `low_stock` in SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random

import psycopg
import pytest

from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import START, available, key
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import Incoming, LevelKey
from allocation.ledger.positions import positions_of
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from allocation.ledger.waiting import Waited, WaitRow
from allocation.low_stock.fact import StockState
from allocation.low_stock.find import find_low_stock
from allocation.low_stock.risk import Z_THOUSANDTHS
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


def promise_supply(ledger: Ledger, what: LevelKey, units: int, of: int) -> None:
    """Let units wait for what comes in two days."""
    coming, hour = NOW + timedelta(days=2), timedelta(hours=1)
    row = LevelRow(what, 2, incoming=(Incoming(of, coming),))
    ledger.set_levels([row], now=NOW - hour)
    waited = Waited(NOW, coming, coming)
    waiting = WaitRow(LineId("1"), 0, what.item_id, what.location_id, units, waited, (what,))
    ledger.hold("waiting", [], expire_time=NOW + hour, now=NOW, waiting=[waiting])


def test_what_orders_wait_for_does_not_count_as_coming(scene: Scene) -> None:
    ledger, query = scene
    promise_supply(ledger, key("ink", "reno"), 7, of=9)
    assert query("SELECT item_id, available, incoming FROM low_stock") == [("ink", 2, 2)]


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
    # Weeks of 12, 4, 2, 4 and four of none: mean 2.75, standard deviation 4.17.
    assert row == (8, 6, 22, 3 + 7 - 2, 15, 21, "reorder")


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


def test_lots_that_have_expired_cannot_be_sold(scene: Scene) -> None:
    ledger, query = scene
    today = NOW.date()
    rows = [
        LevelRow(key("mug", "reno", lot), units, expiry_date=today + timedelta(days=days))
        for lot, units, days in (("old", 7, -2), ("last", 3, 1), ("sold", 0, -2))
    ]
    ledger.set_levels(rows, now=NOW - timedelta(days=1))
    assert query("SELECT on_hand, available FROM low_stock") == [(10, 3)]
    (position,) = positions_of(ledger.levels(now=NOW).levels, NOW, {})
    assert position.available == 3


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
    assert rows == [("mug", "dallas", "reno", 13)]


def test_the_views_can_be_applied_again(in_sqlite: Scene, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shipfrom.db")) as connection:
        connection.executescript((VIEWS / "low_stock.sqlite.sql").read_text())
        assert connection.execute("SELECT COUNT(*) FROM low_stock").fetchone() == (0,)


def test_the_views_say_what_the_program_says(scene: Scene) -> None:
    ledger, query = scene
    chance = Random(6)
    items, places = ("mug", "lid", "cup", "tea"), ("reno", "dallas", "Newark", "york")
    for item_id, place, lot in product(items, places, (None, "a")):
        supply = tuple(
            Incoming(chance.randrange(1, 20), NOW + timedelta(days=days, hours=1))
            for days in (-3, 2, 6, 7, 30)
            if chance.random() < 0.3
        )
        what = key(item_id, place, lot)
        row = LevelRow(
            what, chance.randrange(160), safety_stock=chance.choice((0, 3, 30)), incoming=supply
        )
        ledger.set_levels([row], now=NOW - timedelta(days=70))
        for day in sorted(chance.sample(range(1, 60), chance.randrange(6)), reverse=True):
            left = available(ledger, what, seconds=(NOW - START).total_seconds())
            if left > 0:
                sell(ledger, what, chance.randrange(1, min(left, 40) + 1), day)
    put(ledger, {key("pen", place): units for place, units in (("reno", 10), ("york", 6))})
    put(ledger, {key("pen", "dallas"): 6})
    sell(ledger, key("pen", "reno"), 10, 1)
    promise_supply(ledger, key("ink", "reno"), 7, of=9)
    now = datetime.now(UTC)
    positions = positions_of(ledger.levels(now=now).levels, now, {})
    facts = find_low_stock(positions, ledger.demand(now=now), {})
    assert {fact.state for fact in facts} == set(StockState)
    assert any(len(fact.transfers) > 1 for fact in facts)
    assert any(0 < fact.stockout_risk_percent < 100 for fact in facts)
    rows = query(
        "SELECT s.item_id, location_id, available, incoming, units_in_8_weeks, reorder_point,"
        " days_of_cover, stockout_risk_percent, state, abc_class"
        " FROM low_stock AS s JOIN low_stock_abc AS a ON a.item_id = s.item_id"
    )
    assert sorted(rows) == [
        (
            fact.position.item_id,
            fact.position.location_id,
            fact.position.available,
            fact.position.incoming,
            fact.sold,
            fact.reorder_point,
            fact.days_of_cover,
            fact.stockout_risk_percent,
            fact.state.value,
            fact.abc_class.value,
        )
        for fact in facts
    ]
    moves = query("SELECT item_id, to_location_id, from_location_id, units FROM low_stock_transfer")
    assert sorted(moves) == sorted(
        (fact.position.item_id, fact.position.location_id, each.from_location_id, each.increments)
        for fact in facts
        for each in fact.transfers
    )


def test_the_views_know_the_program_s_table_of_risks(scene: Scene) -> None:
    _, query = scene
    rows = query("SELECT thousandths FROM low_stock_risk ORDER BY thousandths DESC")
    assert [row[0] for row in rows] == list(Z_THOUSANDTHS)

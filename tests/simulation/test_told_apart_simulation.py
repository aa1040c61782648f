"""Lots, serials, kits, waiting units, slips and recalls while servers and a database are killed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.simulation.told_apart.auditor import WAITING, ToldApartAuditor
from tests.simulation.told_apart.runs import told_apart_on_postgres, told_apart_on_sqlite
from tests.simulation.told_apart.workload import DAY

Row = dict[str, Any]


def test_servers_on_one_file_are_killed_and_nothing_that_waits_is_lost_or_doubled(
    tmp_path: Path,
) -> None:
    found = told_apart_on_sqlite(tmp_path / "ledger.db", 1, steps=800, kills=3)
    assert found.report.kills == 3
    # How often each happens depends on who wins a race, and so on the machine; it has to happen.
    assert found.report.plans > 20
    assert found.report.duplicates > 10
    assert found.report.reasons["STOCK_CONFLICT"] > 0, "pools and supply have to be scarce"
    assert found.allotted > 0
    assert found.slipped > 0
    assert found.recalled > 0


def test_the_database_is_killed_and_nothing_that_waits_is_lost_or_doubled() -> None:
    found = told_apart_on_postgres(2, steps=400, kills=2, database_kills=1)
    assert (found.report.kills, found.report.database_kills) == (2, 1)
    assert found.allotted > 0


def row(item: str = "phone", **more: Any) -> Row:
    given = {
        "line": "0", "item": item, "place": "reno", "lot": "", "quantity": 2, "state": "committed",
        "committed": 5, "serials": [], "expected": None, "promised": None, "shelf_days": None,
        "waited": False,
    }  # fmt: skip
    return {**given, **more}


def waits(quantity: int = 2, **more: Any) -> Row:
    return row(WAITING + "phone", quantity=quantity, shelf_days=0, waited=True, **more)


def plan(name: str, *rows: Row) -> dict[str, Any]:
    return {"plan": name, "revision": 1, "expire": 100, "rows": list(rows), "replayed": False}


def level(on_hand: int = 0, committed: int = 0, **more: Any) -> dict[str, Any]:
    given = {
        "item": "phone", "place": "reno", "lot": "", "on_hand": on_hand, "unavailable": 0,
        "held": 0, "committed": committed, "available": on_hand - committed, "incoming": [],
        "expiry": None,
    }  # fmt: skip
    return {**given, **more}


class Scene:
    """An auditor that has seen units come, and plans."""

    def __init__(self, units: int, *plans: dict[str, Any]) -> None:
        self.auditor = ToldApartAuditor()
        self.receive(units)
        for one in plans:
            hold = {"op": "hold", "request": "", "replaces": ""}
            self.auditor.answered(hold, one)

    def receive(self, units: int, *serials: str, place: str = "reno") -> None:
        call = {"op": "receive", "item": "phone", "place": place, "lot": "", "request": ""}
        self.auditor.answered({**call, "quantity": units, "serials": serials}, {})

    def check(
        self,
        *plans: dict[str, Any],
        levels: list[dict[str, Any]],
        serials: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        waiting = sum(
            each["quantity"]
            for one in plans
            for each in one["rows"]
            if each["item"].startswith(WAITING) and each["state"] in ("held", "committed")
        )
        counted = {"~pool/phone ~everywhere": waiting, f"{WAITING}phone reno": waiting}
        look = {"audit": [], "plans": list(plans), "levels": levels, "counted": counted}
        self.auditor.check({**look, "serials": serials or {}}, 50, {})


def test_the_auditor_is_content_when_stock_came_to_who_waited() -> None:
    scene = Scene(2, plan("p", waits()))
    scene.check(plan("p", row(waited=True, shelf_days=0)), levels=[level(2, 2)])


def test_the_auditor_finds_a_waiting_unit_that_is_lost_or_doubled() -> None:
    for quantity in (1, 3):
        scene = Scene(0, plan("p", waits()))
        with pytest.raises(AssertionError, match="units of"):
            scene.check(plan("p", waits(quantity)), levels=[level()])


def test_the_auditor_finds_units_that_were_given_twice() -> None:
    given = row(waited=True, shelf_days=0)
    scene = Scene(2, plan("p", waits()), plan("q", waits()))
    with pytest.raises(AssertionError, match="4 promised"):
        scene.check(plan("p", given), plan("q", given), levels=[level(2, 4)])


def test_the_auditor_finds_a_pool_beyond_its_limit() -> None:
    scene = Scene(0, plan("p", waits(6)), plan("q", waits(6)))
    with pytest.raises(AssertionError, match="beyond the limit of 9"):
        scene.check(plan("p", waits(6)), plan("q", waits(6)), levels=[level()])


def test_the_auditor_finds_supply_that_is_promised_twice() -> None:
    dated = [waits(2, expected=DAY, promised=DAY), waits(2, expected=DAY, promised=DAY)]
    scene = Scene(0, *(plan(str(number), one) for number, one in enumerate(dated)))
    feed = {"op": "feed", "item": "phone", "place": "reno", "now": 3, "request": ""}
    scene.auditor.answered({**feed, "incoming": [[3, DAY]]}, {"refused": []})
    coming = level(lot="supply", incoming=[[3, DAY]])
    with pytest.raises(AssertionError, match="4 promised of 3"):
        scene.check(
            *(plan(str(number), one) for number, one in enumerate(dated)), levels=[level(), coming]
        )


def test_the_auditor_finds_who_waits_for_what_is_there() -> None:
    scene = Scene(5, plan("p", waits()))
    with pytest.raises(AssertionError, match="which has units"):
        scene.check(plan("p", waits()), levels=[level(5)])


def test_the_auditor_finds_a_lot_that_is_too_old() -> None:
    scene = Scene(0, plan("p", waits()))
    scene.auditor.came["phone", "reno", "L"] = 2
    given = row(waited=True, shelf_days=9, lot="L")
    with pytest.raises(AssertionError, match="was given"):
        scene.check(plan("p", given), levels=[level(2, 2, lot="L", expiry="2026-03-04"), level()])


def test_the_auditor_finds_a_serial_in_two_plans() -> None:
    one = row(quantity=1, serials=["S"])
    scene = Scene(2, plan("p", one), plan("q", one))
    with pytest.raises(AssertionError, match="serials in more plans than they came in for"):
        scene.check(plan("p", one), plan("q", one), levels=[level(2, 2)])


def unit(place: str | None, plan_id: str | None = None, *, shipped: bool = False) -> dict[str, Any]:
    return {"plan": plan_id, "shipped": shipped, "place": place}


def test_the_auditor_finds_a_unit_that_is_not_where_its_plan_looks_for_it() -> None:
    one = plan("p", row(quantity=1, serials=["S"]))
    for found in (unit("dallas", "p"), unit("reno", "q")):
        scene = Scene(1, one)
        with pytest.raises(AssertionError, match="S of"):
            scene.check(one, levels=[level(1, 1)], serials={"S": found})


def test_the_auditor_finds_a_unit_that_came_to_two_places_or_to_none_that_was_told() -> None:
    scene = Scene(0)
    scene.receive(1, "S")
    with pytest.raises(AssertionError, match="S is"):
        scene.check(levels=[level(1)], serials={"S": unit("dallas")})
    scene.receive(1, "S", place="dallas")
    there = [level(1), level(1, place="dallas")]
    with pytest.raises(AssertionError, match="at once"):
        scene.check(levels=there, serials={"S": unit("dallas")})
    move = {"op": "move", "item": "phone", "place": "reno", "to": "dallas", "request": ""}
    scene.auditor.answered({**move, "quantity": 1, "serials": ["S"]}, {})
    scene.check(levels=[level(0), level(2, place="dallas")], serials={"S": unit("dallas")})


def test_the_auditor_finds_a_recalled_lot_that_can_be_promised() -> None:
    scene = Scene(0)
    scene.auditor.came["phone", "reno", "L"] = 2
    recall = {"op": "recall", "lot": "L", "now": 4, "request": ""}
    scene.auditor.answered(recall, {"named": []})
    with pytest.raises(AssertionError, match="was recalled"):
        scene.check(levels=[level(2, lot="L"), level()])


def test_the_auditor_finds_a_date_that_nobody_was_told() -> None:
    scene = Scene(0, plan("p", waits(expected=DAY, promised=DAY)))
    with pytest.raises(AssertionError, match="told were"):
        scene.check(plan("p", waits(expected=2 * DAY, promised=DAY)), levels=[level()])

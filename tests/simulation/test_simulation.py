"""Servers and a database are killed while they work: nothing is oversold, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.auditor import Auditor
from tests.simulation.runs import on_postgres, on_sqlite


@pytest.mark.parametrize("seed", [1, 2])
def test_servers_on_one_sqlite_file_are_killed_and_nothing_is_oversold_or_lost(
    tmp_path: Path, seed: int
) -> None:
    report = on_sqlite(tmp_path / "ledger.db", seed, steps=700, kills=3)
    assert report.kills == 3
    assert report.plans > 10
    assert report.duplicates > 5
    assert report.refused > 5, "stock has to be scarce"


def test_a_server_and_the_database_are_killed_and_nothing_is_oversold_or_lost() -> None:
    report = on_postgres(3, steps=500, kills=2, database_kills=1)
    assert (report.kills, report.database_kills) == (2, 1)
    assert report.plans > 10
    assert report.refused > 5


def held(plan: str, quantity: int, state: str = "held") -> dict[str, object]:
    row = ["mug", "dallas", quantity, state, None, None]
    return {"plan": plan, "revision": 1, "expire": 100, "rows": [row], "replayed": False}


def auditor() -> Auditor:
    made = Auditor()
    feed = {"op": "feed", "request": "f", "owner": "engine", "observed": 1}
    made.answered({**feed, "rows": [["mug", "dallas", 5]]}, {"refused": [], "replayed": False})
    return made


def look(on_hand: int, units: int, **rest: object) -> dict[str, object]:
    return {"levels": [["mug", "dallas", on_hand, units, 0]], "plans": [], "audit": [], **rest}


def hold(plan: str) -> dict[str, object]:
    return {"op": "hold", "plan": plan, "request": f"r {plan}", "replaces": ""}


def test_the_auditor_finds_units_that_are_promised_twice() -> None:
    made = auditor()
    for plan in ("p", "q"):
        made.answered(hold(plan), held(plan, 3))
    plans = [held("p", 3), held("q", 3)]
    with pytest.raises(AssertionError, match="6 promised of 5"):
        made.check(look(5, 6, plans=plans), 50, {("mug", "dallas"): 5})


def test_the_auditor_finds_a_hold_that_was_acknowledged_and_is_not_there() -> None:
    made = auditor()
    made.answered(hold("p"), held("p", 3))
    with pytest.raises(AssertionError, match="a plan is lost"):
        made.check(look(5, 3), 50, {})
    with pytest.raises(AssertionError, match="levels"):
        made.check(look(5, 0, plans=[held("p", 3)]), 50, {})


def test_the_auditor_lets_a_hold_expire_at_its_instant() -> None:
    made = auditor()
    made.answered(hold("p"), held("p", 3))
    made.check(look(5, 3, plans=[held("p", 3)]), 99, {})
    made.check(look(5, 0, plans=[held("p", 3, "expired")]), 100, {})


def test_the_auditor_finds_two_answers_to_one_request() -> None:
    made = auditor()
    made.answered(hold("p"), held("p", 3))
    with pytest.raises(AssertionError, match="two ways"):
        made.answered(hold("p"), held("p", 2))

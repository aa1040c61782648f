"""Clients of real servers, which are killed: nothing is oversold, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.grpc_auditor import GrpcAuditor
from tests.simulation.runs import grpc_on_postgres, grpc_on_sqlite


def test_servers_on_one_sqlite_file_keep_what_clients_were_told(tmp_path: Path) -> None:
    report = grpc_on_sqlite(tmp_path, 1, steps=160, kills=1)
    assert report.kills == 1
    assert report.plans > 5
    assert report.duplicates > 0
    assert report.acknowledged > 20


def test_servers_keep_what_clients_were_told_when_the_database_is_killed_too(
    tmp_path: Path,
) -> None:
    report = grpc_on_postgres(tmp_path, 3, steps=160, kills=1, database_kills=1)
    assert (report.kills, report.database_kills) == (1, 1)
    assert report.plans > 5
    assert report.acknowledged > 20


def answer(revision: int, came: int, *rows: tuple[int, str]) -> dict[str, object]:
    found = [["mug", "dallas", quantity, state, "1"] for quantity, state in rows]
    return {"plan": "p", "revision": revision, "expire": 100, "came": came, "rows": found}


def audited(*answers: dict[str, object], owner: str = "engine") -> GrpcAuditor:
    """Return an auditor that was told of five mugs at 30, and of a plan meanwhile."""
    made = GrpcAuditor()
    calls = [("f", 10), ("g", 30)]
    for request, observed in calls:
        rows = [["mug", "dallas", 5]]
        call = {"op": "feed", "request": request, "owner": owner, "observed": observed}
        made.answered({**call, "rows": rows}, {"refused": [], "came": observed})
    for number, each in enumerate(answers):
        made.answered({"op": "step", "request": f"r{number}"}, each)
    return made


def test_units_that_were_gone_before_a_feed_looked_are_in_its_figure() -> None:
    gone = audited(answer(2, 15, (3, "committed")), answer(3, 20, (3, "fulfilled")))
    assert gone.expected(50) == {("mug", "dallas"): (5, 0, 0)}
    left_since = audited(answer(2, 15, (3, "committed")), answer(3, 40, (3, "fulfilled")))
    assert left_since.expected(50) == {("mug", "dallas"): (2, 0, 0)}


def test_units_that_leave_bit_by_bit_count_from_when_each_left() -> None:
    made = audited(
        answer(2, 15, (3, "committed")),
        answer(3, 20, (1, "fulfilled"), (2, "committed")),
        answer(4, 40, (1, "fulfilled"), (2, "fulfilled")),
    )
    assert made.expected(50) == {("mug", "dallas"): (3, 0, 0)}


@pytest.mark.parametrize(("came", "committed"), [(20, 0), (40, 3)])
def test_a_feed_of_another_system_absorbs_what_was_committed_before(
    came: int, committed: int
) -> None:
    made = audited(answer(2, came, (3, "committed")), owner="mirror")
    assert made.expected(50) == {("mug", "dallas"): (5, 0, committed)}


def test_an_older_answer_that_comes_late_changes_nothing() -> None:
    made = audited(answer(3, 20, (3, "fulfilled")), answer(2, 21, (3, "committed")))
    assert made.expected(50) == {("mug", "dallas"): (5, 0, 0)}
    assert made.state_at("p", 50) == ["fulfilled"]


def test_a_release_is_answered_in_one_way_also_where_its_line_has_no_stock() -> None:
    made = audited()
    before, after = answer(1, 32, (3, "held")), answer(2, 34, (3, "committed"))
    without = {"op": "release", "request": "r", "lines": ["2"]}
    made.answered(without, before)
    made.answered(without, before)
    with pytest.raises(AssertionError, match="two ways"):
        made.answered(without, after)

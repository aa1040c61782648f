from __future__ import annotations

from dataclasses import replace

from allocation.ledger.hold import Replaced
from allocation.server.hold_changes import HoldChanges
from tests.allocation.server.test_gathered_writes import a_hold


def test_a_plan_that_takes_anothers_place_is_a_hold_and_a_replacement() -> None:
    changes = HoldChanges()
    changes.count(a_hold("a"))
    changes.count(replace(a_hold("b"), replaced=Replaced("a")))
    assert (changes.totals["held"], changes.totals["replaced"]) == (2, 1)
    assert sum(changes.totals.values()) == 3

"""A long solve by OR-Tools leaves the other threads of the process their turn, and ends."""

from __future__ import annotations

from threading import Event, Thread
from time import monotonic

import pytest
from ortools.sat.python import cp_model

from allocation.optimize.api import Budget
from allocation.optimize.cp_sat.search import Linear, minimise

PIGEONS = 14


def hard_model() -> tuple[cp_model.CpModel, Linear]:
    """Return more pigeons than holes, and how many of them are without: long to prove."""
    model = cp_model.CpModel()
    sits = [[model.new_bool_var("") for _ in range(PIGEONS - 1)] for _ in range(PIGEONS)]
    left = [model.new_bool_var("") for _ in range(PIGEONS)]
    for pigeon, holes in enumerate(sits):
        model.add(sum(holes) + left[pigeon] == 1)
    for hole in range(PIGEONS - 1):
        for one in range(PIGEONS):
            for other in range(one):
                model.add_bool_or(~sits[one][hole], ~sits[other][hole])
    return model, Linear(tuple(left), (1,) * PIGEONS)


def test_other_threads_go_on_while_or_tools_solves() -> None:
    model, form = hard_model()
    started, done = Event(), Event()

    def solve() -> None:
        budget = Budget(monotonic, monotonic() + 0.4)
        started.set()
        minimise(model, [form], None, {}, budget)
        done.set()

    thread = Thread(target=solve)
    thread.start()
    assert started.wait(30)
    turns = 0
    while not done.is_set():
        turns += 1
    thread.join()
    # One thread that kept all others waiting would leave a handful of turns.
    assert turns > 1_000


def test_or_tools_has_one_worker_and_no_more_time_than_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, form = hard_model()
    given: list[cp_model.CpSolver] = []

    class Watched(cp_model.CpSolver):
        def solve(self, *arguments: object, **more: object) -> cp_model.CpSolverStatus:
            given.append(self)
            return cp_model.UNKNOWN

    monkeypatch.setattr(cp_model, "CpSolver", Watched)
    minimise(model, [form], None, {}, Budget(lambda: 2.0, 2.25))
    (solver,) = given
    assert solver.parameters.num_workers == 1
    assert solver.parameters.max_time_in_seconds == 0.25

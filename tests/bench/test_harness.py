"""Figures, tables and the last line of a benchmark."""

from __future__ import annotations

import gc
import json
import os
from multiprocessing.synchronize import Barrier

import pytest

from bench.harness.figures import mean, median, percentile, rounded, shown
from bench.harness.options import name_list
from bench.harness.processes import run_at_once
from bench.harness.record import finish
from bench.harness.table import table_lines
from bench.harness.timing import timed


def test_nothing_has_no_median_mean_or_percentile() -> None:
    assert median([]) is None
    assert mean([]) is None
    assert percentile([], 99) is None


def test_percentiles_lie_between_neighbours() -> None:
    assert percentile([0.0, 10.0], 99) == pytest.approx(9.9)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.0, "0"), (1.2345, "1.23"), (0.00012345, "0.000123"), (12345.6, "12346")],
)
def test_figures_are_written_without_exponents(value: float | None, text: str) -> None:
    assert shown(value) == text


def test_rounding_keeps_significant_digits() -> None:
    assert rounded(0.000123456) == 0.0001235


def test_columns_of_a_table_line_up() -> None:
    lines = table_lines(("name", "ms"), [("a", "1.5"), ("longer", "10")])
    assert lines == ["name     ms", "------  ---", "a       1.5", "longer   10"]


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        table_lines(("name", "ms"), [("a",)])


def test_garbage_is_not_collected_while_timed_and_is_again_afterwards() -> None:
    during, seconds = timed(gc.isenabled)
    assert not during
    assert gc.isenabled()
    assert seconds >= 0


def test_the_outcome_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    finish({"bench": "example", "families": {}}, seed=3, record=False)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "bench": "example",
        "families": {},
    }


def test_names_are_read_between_commas() -> None:
    assert name_list(" highs, scip,") == ("highs", "scip")


def meet(barrier: Barrier, number: int) -> int:
    barrier.wait(timeout=60)
    return 10 * number


def fail_if_second(barrier: Barrier, number: int) -> None:
    if number == 1:
        raise ValueError("the second one failed")
    barrier.wait(timeout=60)


def die(barrier: Barrier) -> None:
    os._exit(1)


def test_processes_run_at_once_and_answer_in_the_order_of_their_arguments() -> None:
    assert run_at_once(meet, [(1,), (2,)], most_s=60) == [10, 20]


def test_a_process_that_fails_is_told_at_once_though_others_wait_for_it() -> None:
    with pytest.raises(RuntimeError, match="the second one failed"):
        run_at_once(fail_if_second, [(0,), (1,)], most_s=60)


def test_a_process_that_dies_is_noticed() -> None:
    with pytest.raises(RuntimeError, match="process 0 ended without an answer"):
        run_at_once(die, [()], most_s=60)

"""A case that went to another process decides the same."""

from __future__ import annotations

import inspect
import pickle
import time

import pytest

from allocation.backtest.case import Contender
from allocation.backtest.pickling import MADE_FROM, pack, unpack
from allocation.backtest.planner import Job, run_job
from allocation.backtest.shelf import StockOfItems
from allocation.engine import Engine
from routing.network import make_network
from routing.rules import parse_rule_set
from tests.allocation.backtest.scenes import FEWEST, case, past
from tests.networks import line, stock


def test_a_network_is_packed_with_everything_that_it_was_made_from():
    assert list(MADE_FROM) == list(inspect.signature(make_network).parameters)


def test_an_unpacked_case_plans_the_same():
    packed = case([past(1, [line(1, "set"), line(2, "pan")])], {}, [FEWEST])
    levels = stock(cup={"reno": 4}, pot={"reno": 2, "dallas": 3}, pan={"newark": 1}).levels
    job = Job(0, 0, StockOfItems(levels), explain=True)
    engine = Engine(time.monotonic)
    assert run_job(engine, unpack(pack(packed)), job) == run_job(engine, packed, job)


def test_an_unpacked_rule_set_decides_the_same():
    text = "version: 1\nrequire:\n  - name: no-reno\n    location: location.id != 'reno'\n"
    rules = Contender("mine", parse_rule_set(text, file_name="mine.yaml", name="mine"))
    packed = case([past(1, [line(1, "cup")])], {}, [rules, FEWEST])
    job = Job(0, 0, StockOfItems(stock(cup={"reno": 4, "dallas": 1}).levels))
    engine = Engine(time.monotonic)
    found = run_job(engine, unpack(pack(packed)), job)
    assert found == run_job(engine, packed, job)
    assert [each.location_id for each in found.shipments] == ["dallas"]


def test_other_bytes_are_not_taken_for_a_case():
    with pytest.raises(TypeError, match="where a case was expected"):
        unpack(pickle.dumps(1))

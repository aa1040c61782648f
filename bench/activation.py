"""Activating rule sets under load: ``python -m bench.activation``.

Two server processes share one store and answer Allocate all the time, while one rule set after
the other is activated, now through this process, now through that. Each rule set allows one
location only, so a plan that mixed two would show. Every plan has to name a rule set that was
put, agree with it, and come out the same when it is planned again under that name.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import grpc

from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import rule_service_pb2
from allocation.v1.allocation_service_pb2_grpc import AllocationServiceStub
from allocation.v1.plan_pb2 import Plan
from allocation.v1.rule_service_pb2_grpc import RuleServiceStub
from bench.harness.options import common_parser
from bench.harness.record import describe, finish
from bench.harness.servers import server_processes
from bench.harness.table import print_table
from routing.v1 import network_service_pb2 as net
from routing.v1.network_service_pb2_grpc import NetworkServiceStub

ACTIVATIONS: Final = 100
SMALL_ACTIVATIONS: Final = 10
PROCESSES: Final = 2
PLACES: Final = {"reno": "89502", "dallas": "75201", "newark": "07102", "atlanta": "30303"}
RULES: Final = """\
version: 1
require:
  - name: only-{place}
    location: location.id == "{place}"
"""
ITEMS: Final = 2
CALL_S: Final = 30.0
GIVE_UP_S: Final = 30.0


@dataclass(slots=True)
class Outcome:
    """What was seen.

    Attributes
    ----------
    plans
        By the rule set that they name.
    lags_s
        Per activation the time until the slowest process planned under it.
    wrong
        Plans that contradict the rule set that they name, in sentences.
    replayed
        Plans that came out the same when planned again under the name.
    """

    plans: dict[str, list[Plan]] = field(default_factory=dict)
    lags_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    replayed: int = 0

    @property
    def planned(self) -> int:
        """How many plans were made while rule sets were activated."""
        return sum(map(len, self.plans.values()))


def run(activations: int, store: str, clients: int = 2) -> Outcome:
    """Activate rule sets under load and look at every plan.

    Parameters
    ----------
    clients
        Threads that call each process all the time.
    """
    outcome = Outcome()
    with (
        server_processes(PROCESSES, ["--store", store, "--log-level", "INFO"]) as addresses,
        _channels(addresses) as channels,
    ):
        _put_network(channels[0])
        for channel in channels:
            _wait_for_network(channel)
        revisions = {place: _put_rules(channels[0], place) for place in PLACES}
        places = {revision: place for place, revision in revisions.items()}
        stop = threading.Event()
        lock = threading.Lock()
        with ThreadPoolExecutor(clients * len(channels)) as pool:
            loads = [
                pool.submit(_load, channel, stop, lock, outcome)
                for channel in channels
                for _ in range(clients)
            ]
            try:
                for number in range(activations):
                    place = list(PLACES)[number % len(PLACES)]
                    outcome.lags_s.append(_activate(channels, number, revisions[place]))
            finally:
                stop.set()
        for each in loads:
            each.result()
        judge(outcome, places, partial(_plan_again, AllocationServiceStub(channels[-1])))
    return outcome


def _load(
    channel: grpc.Channel, stop: threading.Event, lock: threading.Lock, outcome: Outcome
) -> None:
    stub = AllocationServiceStub(channel)
    while not stop.is_set():
        plan = stub.Allocate(_request(), timeout=CALL_S).plan
        with lock:
            outcome.plans.setdefault(plan.basis.rule_set_revision, []).append(plan)


def _activate(channels: Sequence[grpc.Channel], number: int, revision: str) -> float:
    """Activate through one process; return when every process planned under it."""
    began_s = time.monotonic()
    stub = RuleServiceStub(channels[number % len(channels)])
    request = rule_service_pb2.ActivateRulesRequest(revision=revision, author="bench")
    stub.ActivateRules(request, timeout=CALL_S)
    for channel in channels:
        planner = AllocationServiceStub(channel)
        while planner.Allocate(_request(), timeout=CALL_S).plan.basis.rule_set_revision != revision:
            if time.monotonic() - began_s > GIVE_UP_S:
                raise RuntimeError(f"{revision} was not taken up within {GIVE_UP_S:g} s")
    return time.monotonic() - began_s


def _plan_again(stub: AllocationServiceStub, revision: str) -> Plan:
    return stub.Allocate(_request(revision), timeout=CALL_S).plan


def judge(outcome: Outcome, places: Mapping[str, str], again: Callable[[str], Plan]) -> None:
    """Find the plans that contradict the rule set that they name, and count the others.

    Parameters
    ----------
    places
        By revision the only location that it allows.
    again
        Plans the order under a rule set.
    """
    for revision, plans in outcome.plans.items():
        if revision == "preset:cheapest":
            allowed = set(PLACES)
        elif revision in places:
            allowed = {places[revision]}
        else:
            outcome.wrong.append(f"a plan names {revision!r}, which nobody put")
            continue
        expected = _decision(again(revision))
        for plan in plans:
            used = {shipment.location_id for shipment in plan.shipments}
            if not used or not used <= allowed:
                outcome.wrong.append(f"{plan.id} names {revision} and ships from {used}")
            elif _decision(plan) != expected:
                outcome.wrong.append(f"{plan.id} comes out otherwise under {revision}")
            else:
                outcome.replayed += 1


def _decision(plan: Plan) -> bytes:
    """Return everything of a plan but when it was made, on which its id and etag depend."""
    decided = Plan()
    decided.CopyFrom(plan)
    for name in ("id", "etag", "create_time"):
        decided.ClearField(name)
    return decided.SerializeToString(deterministic=True)


def _request(rule_set: str = "") -> pb.AllocateRequest:
    request = pb.AllocateRequest()
    order = request.order
    order.id = "load"
    # Always the same, so that a plan made again a second later has the same dates.
    order.placed_time.FromJsonString("2026-09-16T15:00:00Z")
    order.destination.address.region_code = "US"
    order.destination.address.postal_code = "10001"
    for number in (1, 2):
        line = order.lines.add(id=f"line-{number}", inventory_item_id=f"item-{number}")
        line.quantity.value = "1"
        levels = request.inline_stock.items.add(inventory_item_id=f"item-{number}")
        for place in PLACES:
            levels.levels.add(location_id=place).available.value = "5"
    request.options.rule_set = rule_set
    return request


def _put_network(channel: grpc.Channel) -> None:
    stub = NetworkServiceStub(channel)
    locations, items = net.PutLocationsRequest(), net.PutItemsRequest()
    for place, code in PLACES.items():
        location = locations.locations.add(id=place)
        location.address.region_code, location.address.postal_code = "US", code
    for number in (1, 2):
        items.items.add(id=f"item-{number}").weight_g.value = str(400 * number)
    stub.PutLocations(locations, timeout=CALL_S)
    stub.PutItems(items, timeout=CALL_S)


def _wait_for_network(channel: grpc.Channel) -> None:
    """Wait until a process has taken up what another one put into the store."""
    stub = NetworkServiceStub(channel)
    give_up_s = time.monotonic() + GIVE_UP_S
    while len(stub.ListItems(net.ListItemsRequest(), timeout=CALL_S).items) < ITEMS:
        if time.monotonic() > give_up_s:
            raise RuntimeError(f"the network was not taken up within {GIVE_UP_S:g} s")
        time.sleep(0.02)


def _put_rules(channel: grpc.Channel, place: str) -> str:
    request = rule_service_pb2.PutRulesRequest(yaml=RULES.format(place=place), author="bench")
    answer = RuleServiceStub(channel).PutRules(request, timeout=CALL_S)
    return str(answer.rule_set.revision)


@contextmanager
def _channels(addresses: Sequence[str]) -> Iterator[tuple[grpc.Channel, ...]]:
    channels = tuple(grpc.insecure_channel(address) for address in addresses)
    try:
        yield channels
    finally:
        for channel in channels:
            channel.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 if some plan contradicts the rule set that it names, else 0."""
    options = _parse(arguments)
    print(describe(options.seed))
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(options.activations, f"sqlite://{Path(folder) / 'shipfrom.db'}")
    seconds = time.monotonic() - began_s
    lags_ms = sorted(1e3 * lag for lag in outcome.lags_s)
    figures = {
        "processes": PROCESSES,
        "activations": options.activations,
        "plans": outcome.planned,
        "plans_that_replay": outcome.replayed,
        "wrong": len(outcome.wrong),
        "median_ms_until_everywhere": round(lags_ms[len(lags_ms) // 2], 1),
        "slowest_ms_until_everywhere": round(lags_ms[-1], 1),
        "seconds": round(seconds, 1),
    }
    rows = [(name.replace("_", " "), str(value)) for name, value in figures.items()]
    print_table("\nactivations under load", ("", ""), rows)
    for each in outcome.wrong[:10]:
        print(f"WRONG: {each}")
    finish({"bench": "activation", **figures}, seed=options.seed, record=options.record)
    return int(bool(outcome.wrong))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = common_parser("activation", "Activating rule sets while two servers plan.")
    parser.add_argument(
        "--activations",
        type=int,
        help=f"how many (default: {ACTIVATIONS}, with --small {SMALL_ACTIVATIONS})",
    )
    options = parser.parse_args(arguments)
    if options.activations is None:
        options.activations = SMALL_ACTIVATIONS if options.small else ACTIVATIONS
    if options.activations < 1:
        parser.error("--activations must be at least 1")
    return options


if __name__ == "__main__":
    sys.exit(main())

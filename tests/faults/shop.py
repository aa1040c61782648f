"""Shoppers who check out again and again, and know exactly what they were told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from typing import Any, Final, TypeVar
from uuid import uuid4

import grpc

from allocation.client import Client, Connection, Retries, ServiceError
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2
from allocation.v1 import stock_service_pb2 as stock
from tests.allocation.server.samples import allocate_request, network_messages

T = TypeVar("T")

UNITS: Final = 1_000_000
PATIENCE_S: Final = 90.0
"""For how long a shopper's backend repeats a call under its id before that counts as lost."""
CALL_S: Final = 4.0
IMPATIENT_S: Final = 0.5
_AGAIN: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.CANCELLED,
    }
)


@dataclass
class Told:
    """What shoppers were told, and what it took.

    Attributes
    ----------
    committed, released
        Plans that were acknowledged as such.
    repeated
        Calls that failed in a way that says "again", by reason or code, and were repeated.
    refused
        Calls that failed in any other way.
    gave_up
        Calls that were repeated in vain for `PATIENCE_S`.
    longest_gap_s
        Longest time in which no call at all was answered.
    """

    committed: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    repeated: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    gave_up: int = 0
    longest_gap_s: float = 0.0
    answered: int = 0


class Shop:
    """Runs shoppers against a server until it is told to stop.

    Parameters
    ----------
    connection
        Where the server is.
    shoppers
        How many check out at the same time, each over a connection of its own.
    pause_s
        Time between two checkouts of one shopper.
    expected
        Reasons of refusals that end a checkout and are no mistake of the server.
    impatient
        Whether they give a call half a second, and connect anew when it is not answered.
    """

    def __init__(
        self,
        connection: Connection,
        shoppers: int = 4,
        pause_s: float = 0.005,
        expected: frozenset[str] = frozenset(),
        *,
        impatient: bool = False,
    ) -> None:
        self._connection = connection
        self._shoppers = shoppers
        self._pause_s = pause_s
        self._expected = expected
        self._impatient = impatient
        self._stop = Event()
        self._lock = Lock()
        self._last_answer_s = 0.0
        self.told = Told()

    @contextmanager
    def open(self) -> Iterator[Shop]:
        """Let shoppers in; at the end, let each finish its checkout."""
        self._last_answer_s = time.monotonic()
        threads = [Thread(target=self._shop, args=(number,)) for number in range(self._shoppers)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def wait_for(self, checkouts: int) -> None:
        """Wait until that many more checkouts are done."""
        wanted = len(self.told.committed) + checkouts
        end_s = time.monotonic() + PATIENCE_S
        while len(self.told.committed) < wanted:
            assert time.monotonic() < end_s, f"no {checkouts} checkouts: {self.told}"
            time.sleep(0.01)

    def _shop(self, number: int) -> None:
        client = self._connect()
        for turn in range(1 << 30):
            if self._stop.is_set():
                break
            client = self._check_out(client, give_back=(turn + number) % 5 == 0)
            time.sleep(self._pause_s)
        client.close()

    def _connect(self) -> Client:
        timeout_s = IMPATIENT_S if self._impatient else CALL_S
        return Client(self._connection, timeout_s=timeout_s, retries=Retries(attempts=1))

    def _check_out(self, client: Client, *, give_back: bool) -> Client:
        request = allocate_request({"mug": "1"})
        request.ClearField("inline_stock")
        request.mode = pb.ALLOCATE_MODE_HOLD
        request.request_id = str(uuid4())
        request.hold_ttl.seconds = 3_600
        answer, client = self._insist(client, lambda one: one.allocation.allocate(request))
        if answer is None:
            return client
        plan_id = answer.plan.id
        assert not answer.plan.unfilled, answer.plan
        done: Any
        if give_back:
            release = pb.ReleasePlanRequest(plan_id=plan_id, request_id=str(uuid4()))
            done, client = self._insist(client, lambda one: one.allocation.release_plan(release))
            kept = self.told.released
        else:
            commit = pb.CommitPlanRequest(plan_id=plan_id, request_id=str(uuid4()))
            done, client = self._insist(client, lambda one: one.allocation.commit_plan(commit))
            kept = self.told.committed
        if done is not None:
            with self._lock:
                kept.append(plan_id)
        return client

    def _insist(self, client: Client, call: Callable[[Client], T]) -> tuple[T | None, Client]:
        """Repeat a call, with the same id, until it is answered; ``None`` if it is refused."""
        give_up_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = call(client)
            except ServiceError as error:
                if not self._again(error, give_up_s):
                    return None, client
                if self._impatient:
                    client.close()
                    client = self._connect()
                time.sleep(0.05)
            else:
                self._note_answer()
                return answer, client

    def _again(self, error: ServiceError, give_up_s: float) -> bool:
        """Note an error; say whether the call is to be repeated."""
        with self._lock:
            if error.code not in _AGAIN:
                if error.reason not in self._expected:
                    self.told.refused[f"{error.code.name} {error.reason}"] += 1
                return False
            self.told.repeated[error.reason or error.code.name] += 1
            if time.monotonic() > give_up_s:
                self.told.gave_up += 1
                return False
        return True

    def _note_answer(self) -> None:
        now_s = time.monotonic()
        with self._lock:
            self.told.answered += 1
            gap_s = now_s - self._last_answer_s
            self.told.longest_gap_s = max(self.told.longest_gap_s, gap_s)
            self._last_answer_s = now_s


def stocked(client: Client) -> None:
    """Give a server a network, and more mugs than anybody will buy."""
    locations, items = network_messages()
    client.network.PutLocations(locations, timeout=30)
    client.network.PutItems(items, timeout=30)
    rows = [stock.LevelRow(inventory_item_id="mug", location_id="reno")]
    rows[0].quantity.value = str(UNITS)
    header = stock.FeedHeader(kind=stock.FEED_KIND_DELTA)
    header.observed_time.FromDatetime(datetime.now(UTC))
    assert client.stock.set_levels(header, rows, timeout_s=30).accepted_rows == 1


def losses(client: Client, told: Told, *, expired: bool = False) -> list[str]:
    """Return everything that the server no longer knows of what it has acknowledged.

    Parameters
    ----------
    expired
        Whether holds may have run out, whose checkouts then ended unfinished.
    """
    found = []
    audit_stub = client.stock._stub
    audit = audit_stub.AuditStock(stock.AuditStockRequest(), timeout=60)
    if audit.levels_differing:
        found.append(f"{audit.levels_differing} levels differ from their entries")
    request = stock.GetAvailabilityRequest(inventory_item_ids=["mug"])
    (level,) = client.stock.get_availability(request, timeout_s=60).levels
    committed, held = (int(each.value or 0) for each in (level.committed, level.held))
    if committed != len(told.committed):
        found.append(f"{len(told.committed)} commits were acknowledged, {committed} are there")
    if held and not expired:
        found.append(f"{held} units are held by nobody")
    for plan_id in told.committed:
        plan = client.allocation.get_plan(pb.GetPlanRequest(plan_id=plan_id), timeout_s=30).plan
        if plan.state != plan_pb2.PLAN_STATE_COMMITTED:
            found.append(f"{plan_id} was committed and is {plan.state}")
    return found

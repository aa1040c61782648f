"""`shipfrom serve` in a process that is really killed, asked over gRPC."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from routing.v1 import network_service_pb2
from tests.simulation.auditor import Answer, Call
from tests.simulation.fleet import ROOT, Answers
from tests.simulation.grpc_calls import CALL_S, CALLS, Plans, Stubs, answer_of, look
from tests.simulation.instants import wall_us
from tests.simulation.workload import FED, LOCATIONS, MIRRORED, SCARCE

ITEMS = SCARCE + FED + MIRRORED
POSTAL_CODES = {"dallas": "75201", "reno": "89502"}
START = "from allocation.cli.app import main; main()"
MOST_START_S = 120

NO_ANSWER = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
)
"""Nobody knows what has become of the call."""


class GrpcServers:
    """Starts servers on one store; the first is told of the network.

    Parameters
    ----------
    store
        Where it is, as ``SHIPFROM_STORE`` says it.
    logs
        Folder that their logs go to.
    """

    def __init__(self, store: str, logs: Path) -> None:
        self._store = store
        self._logs = logs
        self._started = 0
        self._plans = Plans()

    def __call__(self, answers: Answers) -> GrpcServer:
        self._started += 1
        log = self._logs / f"server-{self._started}.log"
        server = GrpcServer(self._store, log, self._plans, answers)
        if self._started == 1:
            put_network(server.stubs)
        return server


class GrpcServer:
    """One server and a client's channel to it.

    Parameters
    ----------
    store, log
        What it works on and where it says so.
    plans
        What all clients know of plans.
    answers
        Where answers go.
    """

    def __init__(self, store: str, log: Path, plans: Plans, answers: Answers) -> None:
        self.under_way: dict[int | str, Call] = {}
        self._plans = plans
        self._answers = answers
        self._log = log
        self._lock = threading.Condition()
        self._asked = 0
        # Not as an option: the address of a database may have a password in it.
        environment = {**os.environ, "SHIPFROM_STORE": store}
        command = [sys.executable, "-c", START, "serve", "--port", "0"]
        with log.open("w") as stderr:
            self._process = subprocess.Popen(command, stderr=stderr, cwd=ROOT, env=environment)
        try:
            self._channel = grpc.insecure_channel(self._address())
        except BaseException:
            self._process.kill()
            self._process.wait(60)
            raise
        self.stubs = Stubs(self._channel)
        self._looks = ThreadPoolExecutor(1)

    def send(self, call: Call) -> None:
        """Ask for something; the answer comes later."""
        self.under_way[call["id"]] = call
        with self._lock:
            self._asked += 1
        if call["op"] == "look":
            future: Any = self._looks.submit(look, self.stubs, self._plans, call, ITEMS)
        else:
            future = CALLS[call["op"]](self.stubs, self._plans, call)
        future.add_done_callback(partial(self._done, call))

    def kill(self) -> list[Call]:
        """Kill it at once; what it has not answered is answered by that nobody knows."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(60)
        assert self._process.returncode == -signal.SIGKILL
        with self._lock:
            assert self._lock.wait_for(lambda: not self._asked, CALL_S)
        self._hang_up()
        return []

    def close(self) -> None:
        """Ask it to end."""
        self._process.send_signal(signal.SIGTERM)
        self._hang_up()
        self._process.wait(60)
        assert self._process.returncode == 0, self._log.read_text()[-2_000:]

    def _hang_up(self) -> None:
        self._looks.shutdown()
        self._channel.close()

    def _done(self, call: Call, future: Any) -> None:
        try:
            answer = self._answer(call, future)
        except Exception as error:  # noqa: BLE001 - it is reported where answers are taken
            answer = {"error": "INTERNAL", "detail": repr(error)}
        self._answers.put((self, {"id": call["id"], **answer}))
        with self._lock:
            self._asked -= 1
            self._lock.notify_all()

    def _answer(self, call: Call, future: Any) -> Answer:
        try:
            response = future.result()
        except grpc.RpcError as error:
            return _refusal(error)
        found = response if call["op"] == "look" else answer_of(self._plans, call, response)
        return {"came": wall_us(), **found}

    def _address(self) -> str:
        end_s = time.monotonic() + MOST_START_S
        while time.monotonic() < end_s:
            ended = self._process.poll() is not None
            text = self._log.read_text()
            for line in text.splitlines(keepends=True):
                if '"ready"' in line and line.endswith("\n"):
                    return str(json.loads(line)["address"])
            assert not ended, f"the server ended before it was ready:\n{text}"
            time.sleep(0.05)
        raise AssertionError(f"the server was not ready in {MOST_START_S} s")


def put_network(stubs: Stubs) -> None:
    """Tell a server of the items and locations of the workload."""
    places = network_service_pb2.PutLocationsRequest()
    for name in LOCATIONS:
        address = places.locations.add(id=name).address
        address.region_code, address.postal_code = "US", POSTAL_CODES[name]
    items = network_service_pb2.PutItemsRequest()
    for name in ITEMS:
        items.items.add(id=name).weight_g.value = "300"
    stubs.network.PutLocations(places, timeout=CALL_S)
    stubs.network.PutItems(items, timeout=CALL_S)


def _refusal(error: Any) -> Answer:
    """Return why there is no answer; only a server has reasons of its own."""
    status = rpc_status.from_call(error)
    info = error_details_pb2.ErrorInfo()
    for detail in status.details if status is not None else ():
        if detail.Unpack(info):
            return {"error": info.reason, "detail": error.details()}
    if error.code() in NO_ANSWER:
        return {"error": "LEDGER_UNAVAILABLE", "detail": error.details()}
    return {"error": "INTERNAL", "detail": f"{error.code()}: {error.details()}"}

"""Overload: five times as many calls as a server can answer, for as long as it takes.

What counts: that it answers as many calls in time as at its best, that the others are refused
soon, with a status and a time to come again, and that it is as before once the load is gone.

What clients want to send is five times the best in any case. What one that throttles itself does
not send is refused, with a reason, like what the server refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Event, Thread
from typing import Any, Final

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from allocation.client import Throttling
from allocation.errors import OverloadedError
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc
from bench.harness.figures import rounded, shown
from bench.harness.table import print_table
from bench.service_load import Load
from bench.service_processes import Running
from bench.service_turns import Turn, take_turn, usual

TIMES: Final = 5
DEADLINE_S: Final = 1.0
"""Of each call: about what a checkout waits."""

CONNECTIONS: Final = 8
"""As of so many processes of a backend."""


@dataclass(frozen=True, slots=True)
class Clients:
    """How those behave who send too much; what they want to send is the same.

    Attributes
    ----------
    name
        In tables and in the last line.
    streams
        Calls open at once on a connection; what is more waits in the client.
    throttle
        Calls that are sent for each that is taken on, see `allocation.client.Throttling`; 0:
        all are sent.
    """

    name: str
    streams: int
    throttle: float = 0.0


CLIENTS: Final = (
    # As many streams as a server allows by default.
    Clients("plain", streams=100),
    # As many together as a server plans in less than a tenth of a second.
    Clients("few_streams", streams=16),
    Clients("throttling", streams=100, throttle=Throttling().multiple),
)

REFUSED: Final = "8"
"""RESOURCE_EXHAUSTED, as gRPC numbers it: refused by the server, with details."""

ENDED: Final = "1"
"""CANCELLED: ended by gRPC itself before the server saw it."""

SAMPLE_EVERY_S: Final = 0.5
TURNS: Final = 3


@dataclass(slots=True)
class Samples:
    """What is seen of a server from beside the load."""

    memory_mb: list[float]
    typed: int = 0
    ended: int = 0
    other: int = 0


def overload(
    running: Running, load: Load, requests: Sequence[pb.AllocateRequest], names: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Measure a server at its best, under overload, and right after, for each kind of clients.

    Parameters
    ----------
    load
        Recorded requests; `duration_s` is how long an overload lasts.
    requests
        Of which some are sent beside the load, to look at how they are refused.
    names
        Of kinds of `CLIENTS`.

    Returns
    -------
    dict[str, dict[str, Any]]
        Figures by kind.
    """
    return {
        each.name: _flooded(running, load, requests, each) for each in CLIENTS if each.name in names
    }


def _flooded(
    running: Running, load: Load, requests: Sequence[pb.AllocateRequest], clients: Clients
) -> dict[str, Any]:
    calm = replace(load, duration_s=2.0, warmup_s=0.0, streams=8)
    turns = [take_turn(running, calm) for _ in range(TURNS)]
    # The best of a few: on a shared machine any one of them may be a bad one.
    peak = max(turns, key=lambda turn: turn.per_s)
    memory_mb = running.memory_mb()
    flood = replace(
        load,
        warmup_s=1.0,
        rate_per_s=TIMES * peak.per_s,
        deadline_s=DEADLINE_S,
        connections=CONNECTIONS,
        streams=clients.streams,
        throttle=clients.throttle,
    )
    samples = Samples([])
    over = Event()
    watcher = Thread(target=_watch, args=(running, requests, samples, over))
    watcher.start()
    try:
        during = take_turn(running, flood)
    finally:
        over.set()
        watcher.join()
    after = take_turn(running, calm)
    # What the machine gives changes from minute to minute: right after is compared with turns
    # from both sides of it.
    turns += [take_turn(running, calm) for _ in range(TURNS)]
    outcome = {
        **_outcome(peak, during, samples, memory_mb),
        **_recovery(peak, after, turns),
    }
    _print(clients.name, outcome, during.report)
    return outcome


def _watch(
    running: Running, requests: Sequence[pb.AllocateRequest], samples: Samples, over: Event
) -> None:
    """Take memory, and look at what a refused call is told, until it is over."""
    options = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]
    with grpc.insecure_channel(running.target, options=options) as channel:
        stub = allocation_service_pb2_grpc.AllocationServiceStub(channel)
        number = 0
        while not over.wait(SAMPLE_EVERY_S):
            samples.memory_mb.append(running.memory_mb())
            number += 1
            try:
                stub.Allocate(requests[number % len(requests)], timeout=DEADLINE_S)
            except grpc.RpcError as error:
                if says_when_to_come_again(error):
                    samples.typed += 1
                elif error.code() is grpc.StatusCode.CANCELLED:
                    samples.ended += 1
                else:
                    samples.other += 1


def says_when_to_come_again(error: grpc.RpcError) -> bool:
    """Say whether an error is OVERLOADED with a time after which to try again."""
    status = rpc_status.from_call(error)
    if status is None:
        return False
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    typed = any(
        detail.Unpack(info) and info.reason == OverloadedError.reason for detail in status.details
    )
    return typed and any(
        detail.Unpack(retry) and retry.retry_delay.ToTimedelta().total_seconds() > 0
        for detail in status.details
    )


def _outcome(peak: Turn, during: Turn, samples: Samples, memory_mb: float) -> dict[str, Any]:
    report = during.report
    served, refused, ended = (report["by_status"].get(code, 0) for code in ("0", REFUSED, ENDED))
    throttled = report["not_sent"]["count"]
    typed = refused + throttled
    half = max(1, len(samples.memory_mb) // 2)
    return {
        "peak_per_s": rounded(peak.per_s),
        "offered_per_s": rounded(report["due"] / report["elapsed_s"]),
        "goodput_per_s": rounded(during.per_s),
        "goodput_of_peak": rounded(during.per_s / peak.per_s),
        "goodput_of_peak_by_cpu": rounded(peak.cpu_us / during.cpu_us),
        "ok_p50_ms": rounded(report["ok"].get("p50_us", 0.0) / 1e3),
        "ok_p99_ms": rounded(report["ok"].get("p99_us", 0.0) / 1e3),
        "refused": refused,
        "ended_by_grpc": ended,
        "not_sent": throttled,
        "typed_share": rounded(typed / max(1, typed + ended)),
        "refused_per_s": rounded(refused / report["elapsed_s"]),
        "refused_p50_ms": rounded(report["refused"].get("p50_us", 0.0) / 1e3),
        "refused_p99_ms": rounded(report["refused"].get("p99_us", 0.0) / 1e3),
        "not_sent_p50_ms": rounded(report["not_sent"].get("p50_us", 0.0) / 1e3),
        "not_sent_p99_ms": rounded(report["not_sent"].get("p99_us", 0.0) / 1e3),
        "other_status": report["answered"] - served - refused - ended,
        "too_late_to_send": report["expired"],
        "broken": report["broken"],
        "sampled_typed": samples.typed,
        "sampled_ended": samples.ended,
        "sampled_other": samples.other,
        "others_at_peak": rounded(peak.others),
        "others_during": rounded(during.others),
        "memory_before_mb": rounded(memory_mb),
        "memory_first_half_mb": rounded(max(samples.memory_mb[:half], default=memory_mb)),
        "memory_second_half_mb": rounded(max(samples.memory_mb[half:], default=memory_mb)),
    }


def _recovery(peak: Turn, after: Turn, turns: Sequence[Turn]) -> dict[str, Any]:
    """Compare the two seconds right after with what is usual, `turns` from before and later."""
    per_s, cpu_us, others = usual(turns)
    report = after.report
    return {
        "usual_per_s": rounded(per_s),
        "after_of_usual": rounded(after.per_s / per_s),
        "after_of_usual_by_cpu": rounded(cpu_us / after.cpu_us),
        "after_of_peak": rounded(after.per_s / peak.per_s),
        "after_p99_ms": rounded(report["ok"].get("p99_us", 0.0) / 1e3),
        "after_failed": report["due"] - report["ok"]["count"],
        "others_usually": rounded(others),
        "others_after": rounded(after.others),
    }


def _print(name: str, outcome: dict[str, Any], report: dict[str, Any]) -> None:
    rows = [(key, shown(value)) for key, value in outcome.items()]
    print_table(f"{TIMES} times as many calls as it can answer, {name} clients", ("", ""), rows)
    print("by status:", report["by_status"], "\n")

"""Two workers against one, each with a part of a processor of its own.

On a machine with two processors, two workers and the load generator have to share them, and
what is measured is what is left. So each worker gets half of a processor and no more: one takes
a half, two take one, and the generator has the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from bench.harness.cpu_share import Limited, NoShareError, limited
from bench.harness.figures import median, rounded, shown
from bench.harness.table import print_table
from bench.service_load import Load, run_load
from bench.service_processes import Running

SHARE: Final = 0.5
"""Of a processor, for each worker."""

CONNECTIONS: Final = 12
"""For each worker, so that each has as many calls open. The kernel deals them out to workers at
random: with few, one of two might get none."""

STREAMS: Final = 4
HOW: Final = f"each worker limited to {SHARE:g} of a processor by its control group"

HEADERS: Final = (
    "workers", "processors", "calls/s", "of one", "cpu us/call", "waited", "p50 ms", "p99 ms",
)  # fmt: skip


def scaling(servers: Sequence[Running], load: Load, rounds: int) -> dict[str, Any]:
    """Measure servers in turn; the first is the one that the others are compared with.

    Parameters
    ----------
    servers
        With one worker, and with more.
    load
        Recorded requests, and for how long.

    Returns
    -------
    dict[str, Any]
        How it was measured; by number of workers, calls a second and what they are of those of
        the first, medians over rounds; ``failed`` calls. Where processes cannot be limited, how
        it was measured says why, and nothing else is there.
    """
    turns: list[list[dict[str, float]]] = [[] for _ in servers]
    try:
        for _ in range(rounds):
            for server, found in zip(servers, turns, strict=True):
                with limited(server.pids, SHARE) as groups:
                    found.append(_turn(server, groups, load))
    except NoShareError as error:
        print(f"not measured: {error}")
        return {"how": f"not measured: {error}", "failed": 0}
    base = [turn["per_s"] for turn in turns[0]]
    failed = sum(int(turn["failed"]) for found in turns for turn in found)
    rows, outcome = [], dict[str, Any](how=HOW, failed=failed)
    for server, found in zip(servers, turns, strict=True):
        ratios = [turn["per_s"] / one for turn, one in zip(found, base, strict=True)]
        medians = {key: median([turn[key] for turn in found]) for key in found[0]}
        workers = len(server.pids)
        outcome[str(workers)] = {
            "of_one": rounded(median(ratios)),
            **{key: rounded(value) for key, value in medians.items()},
        }
        rows.append(
            (
                str(workers),
                shown(workers * SHARE),
                shown(medians["per_s"]),
                shown(median(ratios), 2),
                *(shown(medians[key]) for key in ("cpu_us", "waited", "p50_ms", "p99_ms")),
            )
        )
    print_table(f"scaling: {HOW}", HEADERS, rows)
    return outcome


def _turn(server: Running, groups: Limited, load: Load) -> dict[str, float]:
    before_s = server.cpu_s()
    connections = CONNECTIONS * len(server.pids)
    report = run_load(server.port, replace(load, connections=connections, streams=STREAMS))
    cpu_s = server.cpu_s() - before_s
    calls = report["ok"]["count"] * (load.warmup_s + load.duration_s) / load.duration_s
    return {
        "per_s": report["ok_per_s"],
        "cpu_us": cpu_s / max(1.0, calls) * 1e6,
        "waited": groups.waited_for_share(),
        "p50_ms": report["ok"].get("p50_us", 0.0) / 1e3,
        "p99_ms": report["ok"].get("p99_us", 0.0) / 1e3,
        "failed": report["due"] - report["ok"]["count"],
    }

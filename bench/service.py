"""Allocate over the wire, next to the limit of its own stack: ``python -m bench.service``.

In one run, on one machine, with the same messages and as many processes: an echo server of the
same stack, Allocate over stock in the ledger, and Allocate with durable holds on SQLite and
PostgreSQL; in plain Python and, where there is a compiler, compiled. Calls come from a compiled
load generator, closed loop for throughput, open loop at half of it for times.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

from bench.compiled_tree import compiled_tree
from bench.harness.figures import median, rounded, shown
from bench.harness.options import common_parser
from bench.harness.record import describe, finish
from bench.harness.table import print_table
from bench.postgres_server import PostgresServer
from bench.service_load import Load, NoGeneratorError, generator, run_load
from bench.service_overload import CLIENTS, overload
from bench.service_processes import Running, echo, shipfrom, until_terminated
from bench.service_scaling import scaling
from bench.service_scene import (
    Scene,
    answers,
    feed,
    held,
    make_scene,
    put_network,
    record,
    with_inline_stock,
)
from bench.service_turns import take_turn

ROUNDS: Final = 4
OVERLOAD_S: Final = 60.0
MOST_HOLDS: Final = 60_000
WARM_S_A_REQUEST: Final = 0.004
CONNECTIONS_OF_MANY: Final = 16
"""To several processes."""

HEADERS: Final = (
    "what", "processes", "calls/s", "cpu us/call", "of echo", "of echo, by cpu", "p50 ms", "p99 ms",
    "MB",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one server in one turn."""

    per_s: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    failed: int


@dataclass(frozen=True, slots=True)
class Contender:
    """A server, and the load it gets."""

    name: str
    processes: int
    running: Running
    load: Load


def measure(contender: Contender) -> Figures:
    """Run one turn and return its figures."""
    turn = take_turn(contender.running, _dealt_out(contender.load, contender.processes))
    report = turn.report
    return Figures(
        per_s=turn.per_s,
        cpu_us=turn.cpu_us,
        p50_ms=report["ok"].get("p50_us", 0) / 1e3,
        p99_ms=report["ok"].get("p99_us", 0) / 1e3,
        failed=report["due"] - report["ok"]["count"],
    )


def _dealt_out(load: Load, processes: int) -> Load:
    """Return a load with as many calls open, on more connections if there are several processes.

    The kernel deals connections out at random: of few, one of two processes may get nearly all.
    """
    if processes == 1:
        return load
    calls = load.connections * load.streams
    return replace(load, connections=CONNECTIONS_OF_MANY, streams=calls // CONNECTIONS_OF_MANY)


def take_turns(contenders: Sequence[Contender], rounds: int) -> dict[str, list[Figures]]:
    """Measure all in turn, again and again, so that what else the machine does hits all."""
    found: dict[str, list[Figures]] = {each.name: [] for each in contenders}
    for _ in range(rounds):
        for each in contenders:
            found[each.name].append(measure(each))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 if calls failed or the load generator cannot be built."""
    parser = common_parser("service", "Allocate over the wire, against an echo of the same stack.")
    parser.add_argument("--locations", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=0, help="of each turn (default: 3)")
    parser.add_argument("--rounds", type=int, default=0, help=f"turns of each (default: {ROUNDS})")
    parser.add_argument(
        "--overload",
        type=float,
        nargs="?",
        const=OVERLOAD_S,
        help=f"only send too many calls, for so many seconds (default: {OVERLOAD_S:g})",
    )
    parser.add_argument(
        "--clients",
        nargs="+",
        choices=[each.name for each in CLIENTS],
        default=[each.name for each in CLIENTS],
        help="that send too many calls (default: all kinds, one after the other)",
    )
    parser.add_argument(
        "--scaling",
        action="store_true",
        help="only compare two workers with one, each on half of a processor",
    )
    parser.add_argument(
        "--compiled",
        action="store_true",
        help="what is measured alone (--overload, --scaling) is the compiled build",
    )
    options = parser.parse_args(arguments)
    try:
        generator()
    except NoGeneratorError as error:
        print(error)
        return 1
    seconds = options.seconds or (0.7 if options.small else 3.0)
    rounds = options.rounds or (1 if options.small else ROUNDS)
    print(f"bench.service · {describe(options.seed)}")
    print(f"orders of 1 to 4 lines, {options.locations} locations; {rounds} turns of {seconds:g} s")
    print("cpu: processor time of the serving processes, the steadier figure on a shared machine\n")
    with until_terminated(), tempfile.TemporaryDirectory(prefix="shipfrom-bench-") as name:
        folder = Path(name)
        scene = make_scene(options.locations, 200 if options.small else 2_000, options.seed)
        load = Load(Path(), duration_s=seconds, warmup_s=min(1.0, seconds / 2))
        alone = options.scaling or options.overload is not None
        tree = compiled_tree() if options.compiled or not alone else None
        if options.scaling:
            outcome = _scaled(scene, folder, load, rounds, tree)
        elif options.overload is None:
            outcome = _run(scene, folder, load, rounds, tree)
        else:
            outcome = _overloaded(scene, folder, options.overload, options.clients, tree)
        outcome["compiled"] = tree is not None
    finish({"bench": "service", **outcome}, seed=options.seed, record=options.record)
    return 1 if outcome["failed"] else 0


def _run(scene: Scene, folder: Path, load: Load, rounds: int, tree: Path | None) -> dict[str, Any]:
    plain = replace(load, requests=record(scene.requests, folder / "plan.bin"))
    inline = replace(load, requests=record(with_inline_stock(scene), folder / "inline.bin"))
    outcome: dict[str, Any] = {}
    failed = 0
    with ExitStack() as stack:
        enter = stack.enter_context
        single = enter(_filled(scene, folder, f"sqlite://{folder}/one.db", 1))
        double = enter(_filled(scene, folder, f"sqlite://{folder}/two.db", 2))
        recorded = folder / "answers.bin"
        record(answers(single.target, scene.requests[:200]), recorded)  # type: ignore[arg-type]
        contenders = [
            Contender("echo, bare gRPC", 1, enter(echo(recorded, 1, bare=True)), plain),
            Contender("echo, our interceptor", 1, enter(echo(recorded, 1, bare=False)), plain),
            Contender("Allocate, ledger stock", 1, single, plain),
            Contender("Allocate, inline stock", 1, single, inline),
            Contender("echo, bare gRPC, 2", 2, enter(echo(recorded, 2, bare=True)), plain),
            Contender("Allocate, ledger stock, 2", 2, double, plain),
        ]
        builds = {"": contenders[2]}
        if tree is not None:
            quick = enter(_filled(scene, folder, f"sqlite://{folder}/quick.db", 1, tree=tree))
            quicker = enter(_filled(scene, folder, f"sqlite://{folder}/quicker.db", 2, tree=tree))
            builds["_compiled"] = Contender("Allocate, ledger stock, compiled", 1, quick, plain)
            contenders += [
                builds["_compiled"],
                Contender("Allocate, inline stock, compiled", 1, quick, inline),
                Contender("Allocate, ledger stock, compiled, 2", 2, quicker, plain),
            ]
        planned = take_turns(contenders, rounds)
        outcome["plan"] = _summary("planned only", contenders, planned)
        for build, each in builds.items():
            outcome[f"half_load{build}"] = _half_load(each, planned)
            outcome[f"start{build}_s"] = rounded(each.running.start_s, 3)
        failed += sum(each.failed for figures in planned.values() for each in figures)
    for kind, make_store in _stores(folder):
        filled = partial(_on_new_store, scene, folder, make_store)
        loads = [
            replace(load, requests=_holds(scene, f"{kind}-{number}", folder), streams=32)
            for number in range(rounds)
        ]
        found, missed = _held(f"held on {kind}", filled, recorded, loads, tree)
        outcome[f"hold_{kind}"] = found
        failed += missed
    return {**outcome, "failed": failed}


@contextmanager
def _on_new_store(
    scene: Scene,
    folder: Path,
    make_store: Callable[[], AbstractContextManager[str]],
    workers: int,
    tree: Path | None,
) -> Iterator[Running]:
    with make_store() as store, _filled(scene, folder, store, workers, tree=tree) as running:
        yield running


def _holds(scene: Scene, run: str, folder: Path) -> Path:
    return record(held(scene.requests, MOST_HOLDS, run), folder / f"{run}.bin")


def _held(
    title: str,
    filled: Callable[[int, Path | None], AbstractContextManager[Running]],
    recorded: Path,
    loads: Sequence[Load],
    tree: Path | None,
) -> tuple[dict[str, Any], int]:
    """Measure holds, one load a round; return a summary, and how many failed.

    `filled` runs so many workers on a new store.
    """
    with ExitStack() as stack:
        enter = stack.enter_context

        def bare(name: str, processes: int) -> Contender:
            running = enter(echo(recorded, processes, bare=True))
            return Contender(name, processes, running, loads[0])

        def hold(name: str, workers: int, of: Path | None) -> Contender:
            return Contender(name, workers, enter(filled(workers, of)), loads[0])

        contenders = [
            bare("echo, bare gRPC", 1),
            hold("hold", 1, None),
            bare("echo, bare gRPC, 2", 2),
        ]
        if tree is None:
            contenders.append(hold("hold, 2", 2, None))
        else:
            contenders.append(hold("hold, compiled", 1, tree))
            contenders.append(hold("hold, compiled, 2", 2, tree))
        found: dict[str, list[Figures]] = {each.name: [] for each in contenders}
        for load in loads:
            for each in contenders:
                found[each.name].append(measure(replace(each, load=load)))
        failed = sum(
            figures.failed
            for name, turns in found.items()
            if name.startswith("hold")
            for figures in turns
        )
        return _summary(title, contenders, found), failed


def _scaled(
    scene: Scene, folder: Path, load: Load, rounds: int, tree: Path | None
) -> dict[str, Any]:
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                _filled(scene, folder, f"sqlite://{folder}/{workers}.db", workers, tree=tree)
            )
            for workers in (1, 2)
        ]
        path = record(scene.requests, folder / "plan.bin")
        found = scaling(servers, replace(load, requests=path), rounds)
    return {"scaling": found, "failed": found["failed"]}


def _overloaded(
    scene: Scene, folder: Path, seconds: float, clients: Sequence[str], tree: Path | None
) -> dict[str, Any]:
    """Send a server too many calls; it fails if calls are refused in other ways, or break."""
    load = Load(record(scene.requests, folder / "plan.bin"), duration_s=seconds)
    # As operators run it: `streams` and `queue` decide how it holds up.
    store = f"sqlite://{folder}/over.db"
    with _filled(scene, folder, store, 1, "streams=100", tree=tree) as running:
        found = overload(running, load, scene.requests, clients)
    failed = sum(
        each["sampled_other"] + each["broken"] + each["after_failed"] for each in found.values()
    )
    return {"overload": found, "failed": failed}


@contextmanager
def _filled(
    scene: Scene,
    folder: Path,
    store: str,
    workers: int,
    *settings: str,
    tree: Path | None = None,
) -> Iterator[Running]:
    """Run a server with the scene's network and stock."""
    with shipfrom(folder, store, workers, *settings, tree=tree) as running:
        put_network(running.target, scene)
        # Until every worker has seen what one was told.
        time.sleep(1.0)
        feed(running.target, scene)
        # Every worker has been to every place once or twice: until the next cutoff, the lanes
        # to a place are worked out once.
        answers(running.target, scene.requests[:50])
        path = record(scene.requests, folder / "warm.bin")
        warm_s = max(2.0, len(scene.requests) * WARM_S_A_REQUEST)
        run_load(running.port, Load(path, duration_s=warm_s * max(1, workers), warmup_s=0))
        yield running


def _stores(folder: Path) -> Iterator[tuple[str, Callable[[], AbstractContextManager[str]]]]:
    numbers = count()

    @contextmanager
    def sqlite() -> Iterator[str]:
        yield f"sqlite://{folder}/hold-{next(numbers)}.db"

    @contextmanager
    def postgres() -> Iterator[str]:
        with PostgresServer() as server:
            yield server.dsn

    yield "sqlite", sqlite
    yield "postgresql", postgres


def _summary(
    title: str, contenders: Sequence[Contender], found: dict[str, list[Figures]]
) -> dict[str, Any]:
    """Print a table; return the medians, with ratios to the echo of as many processes."""
    rows, outcome = [], {}
    for each in contenders:
        figures = found[each.name]
        base = next(
            found[other.name]
            for other in contenders
            if other.name.startswith("echo, bare") and other.processes == each.processes
        )
        pairs = list(zip(figures, base, strict=True))
        ratio = median([one.per_s / echo.per_s for one, echo in pairs])
        cpu_ratio = median([echo.cpu_us / one.cpu_us for one, echo in pairs])
        medians = {
            "per_s": median([one.per_s for one in figures]),
            "cpu_us": median([one.cpu_us for one in figures]),
            "of_echo": ratio,
            "of_echo_by_cpu": cpu_ratio,
            "p50_ms": median([one.p50_ms for one in figures]),
            "p99_ms": median([one.p99_ms for one in figures]),
            "memory_mb": each.running.memory_mb(),
        }
        rows.append(
            (
                each.name,
                str(each.processes),
                *(shown(medians[key]) for key in ("per_s", "cpu_us")),
                *(shown(medians[key], 2) for key in ("of_echo", "of_echo_by_cpu")),
                *(shown(medians[key]) for key in ("p50_ms", "p99_ms", "memory_mb")),
            )
        )
        outcome[each.name] = {key: rounded(value) for key, value in medians.items()}
    print_table(title, HEADERS, rows)
    return outcome


def _half_load(contender: Contender, found: dict[str, list[Figures]]) -> dict[str, Any]:
    """Measure times at half of the throughput, in an open loop."""
    rate = (median([one.per_s for one in found[contender.name]]) or 0) / 2
    report = run_load(
        contender.running.port,
        replace(contender.load, rate_per_s=rate, deadline_s=2.0, streams=100),
    )
    times = {key: rounded(value / 1e3) for key, value in report["ok"].items() if key != "count"}
    print(f"{contender.name}: open loop at half of that, {rate:.0f} calls/s: ", end="")
    print(", ".join(f"{key.removesuffix('_us')} {value} ms" for key, value in times.items()), "\n")
    return {"rate_per_s": rounded(rate), **times}


if __name__ == "__main__":
    sys.exit(main())

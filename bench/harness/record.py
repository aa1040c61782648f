"""The record of a run: on which machine, from which commit, with which versions."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

RESULTS: Final = Path(__file__).resolve().parents[1] / "results"
_LIBRARIES: Final = ("numpy", "ortools", "protobuf", "grpcio")


@cache
def machine() -> dict[str, object]:
    """Return what the figures were measured on; the load is that of the last minute."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "load_1min": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "shared": True,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


@cache
def commit() -> str:
    """Return the commit of the checkout when first asked; ``unknown`` without git.

    ``+changes`` follows it if tracked files differ.
    """
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head}+changes" if changed else head


def describe(seed: int) -> str:
    """Return one line about the run, for the head of the output."""
    facts = machine()
    return (
        f"commit {commit()} · seed {seed} · Python {facts['python']} · {facts['cpu']}, "
        f"{facts['cores']} cores, load {facts['load_1min']} (a shared machine: compare ratios)"
    )


def finish(outcome: Mapping[str, object], *, seed: int, record: bool) -> None:
    """Print the outcome as the last line, and append it to the record if asked to.

    Parameters
    ----------
    outcome
        With the key ``bench``; JSON values only.
    """
    if record:
        entry = {
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": commit(),
            "seed": seed,
            "machine": machine(),
            **outcome,
        }
        RESULTS.mkdir(exist_ok=True)
        with (RESULTS / f"{outcome['bench']}.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")
    print(json.dumps(outcome), flush=True)


def _git(*arguments: str) -> str:
    ran = subprocess.run(  # noqa: S603
        ["git", *arguments],  # noqa: S607
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown CPU"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown CPU"

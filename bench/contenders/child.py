"""One generic model in a process of its own: some solvers overrun their time limit.

``python -m bench.contenders.child CELL INDEX SEED SOLVER LIMIT_S PREFILTER`` prints one JSON
object.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict

from bench.contenders.run import Run, run_model
from bench.contenders.solvers import SOLVERS
from bench.instances.draw import Instance, draw_instance
from bench.instances.families import cell_named

GRACE: float = 1.5
"""A process is ended at this multiple of the limit."""

START_S: float = 20.0
"""What a process may take to import and to draw the instance on a busy machine."""

_DOMINATED, _USELESS = "dominated", "useless"


def run_apart(instance: Instance, solver: str, limit_s: float, *, prefilter: bool) -> Run:
    """Run a model in a process of its own and end it when it overruns its limit by half."""
    arguments = [instance.cell.name, str(instance.index), str(instance.seed), solver, str(limit_s)]
    arguments.append(_DOMINATED if prefilter else _USELESS)
    try:
        ran = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "bench.contenders.child", *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=START_S + GRACE * limit_s,
        )
    except subprocess.TimeoutExpired:
        return Run(None, (), optimal=False, total_s=GRACE * limit_s, solver_s=GRACE * limit_s)
    found = json.loads(ran.stdout.splitlines()[-1])
    contents = found["contents"]
    if contents is not None:
        contents = {
            int(location): {int(line): number for line, number in lines.items()}
            for location, lines in contents.items()
        }
    return Run(
        contents,
        tuple(found["claimed"]),
        found["optimal"],
        found["total_s"],
        found["solver_s"],
    )


def main(arguments: list[str]) -> None:
    cell, index, seed, solver, limit_s, leave_out = arguments
    instance = draw_instance(cell_named(cell), int(seed), int(index))
    run = run_model(
        instance.problem, SOLVERS[solver], float(limit_s), prefilter=leave_out == _DOMINATED
    )
    print(json.dumps(asdict(run)))


if __name__ == "__main__":
    main(sys.argv[1:])

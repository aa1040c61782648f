"""``python -m tests.fuzz``: a table of what came of how many inputs, and one JSON object."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from tests.fuzz.outcome import Outcome
from tests.fuzz.run import FAMILIES, SHARES, fuzz


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every family, or one; return 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000, help="of all families together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--family", choices=sorted(FAMILIES), help="only this one")
    given = parser.parse_args(arguments)
    shares = SHARES if given.family is None else {given.family: 1.0}
    outcomes = []
    for name, share in shares.items():
        outcome = fuzz(name, round(given.inputs * share), given.seed)
        outcomes.append(outcome)
        print(_line(outcome), flush=True)
        for each in outcome.wrong:
            print(each, flush=True)
    print(json.dumps([_document(each) for each in outcomes]))
    return 1 if any(each.wrong_count for each in outcomes) else 0


def _line(outcome: Outcome) -> str:
    usual = ", ".join(f"{kind} {count:,}" for kind, count in outcome.answers.most_common(6))
    memory = outcome.memory or [0.0]
    return (
        f"{outcome.family:<7} {outcome.inputs:>9,} inputs  {outcome.seconds:>7.1f} s  "
        f"{outcome.wrong_count} wrong  {memory[0]:.0f} -> {memory[-1]:.0f} MiB  ({usual})"
    )


def _document(outcome: Outcome) -> dict[str, object]:
    return {
        "family": outcome.family,
        "seed": outcome.seed,
        "inputs": outcome.inputs,
        "wrong": outcome.wrong_count,
        "seconds": round(outcome.seconds, 1),
        "memory_mib": [round(each, 1) for each in (outcome.memory[:1] + outcome.memory[-1:])],
        "growth_mib": round(outcome.growth, 1),
        "answers": dict(outcome.answers),
    }


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tests.fuzz.guided``: inputs of a family, led by what of the program they reach.

The choices that make an input (which request, which field, which wrong value) are read from bytes,
and libFuzzer changes the bytes: those that reach code that none before has reached are kept
and changed further. Needs ``pip install atheris``, which there is for few versions of Python, so
that it is none of the packages that the tests need.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

TELL_EVERY: Final = 1_000
_MOST_BYTES: Final = 512
"""Enough for some hundred choices."""


class Guided:
    """Answers one input after the other, and counts what is wrong.

    Parameters
    ----------
    family
        That of `tests.fuzz.run`.
    report
        File for what was found so far, as one JSON object.
    """

    def __init__(self, family: Any, report: Path) -> None:
        from tests.fuzz.bytes_random import BytesRandom  # noqa: PLC0415  # instrumented, see below

        self._make = BytesRandom
        self._family = family
        self._report = report
        self._loop = asyncio.new_event_loop()
        self._begun_s = time.monotonic()
        self._inputs = 0
        self._answers: Counter[str] = Counter()
        self._wrong: dict[str, str] = {}
        self._wrong_count = 0

    def answer(self, content: bytes) -> None:
        """Answer the input that these bytes stand for."""
        answered = self._family.answer(self._make(content))
        kind, problem, made = self._loop.run_until_complete(answered)
        self._inputs += 1
        self._answers[kind] += 1
        if problem:
            self._wrong_count += 1
            if problem not in self._wrong:
                self._wrong[problem] = f"{content.hex()} {made[:2_000]}"
                print(f"WRONG {problem}\n  bytes {content.hex()}\n  input {made[:600]}", flush=True)
        if self._inputs % TELL_EVERY == 0:
            self._tell()

    def _tell(self) -> None:
        from tests.fuzz.outcome import memory_mib  # noqa: PLC0415  # see above

        document = {
            "inputs": self._inputs,
            "seconds": round(time.monotonic() - self._begun_s, 1),
            "memory_mib": round(memory_mib(), 1),
            "wrong": self._wrong_count,
            "kinds_of_wrong": self._wrong,
            "answers": dict(self._answers.most_common()),
        }
        self._report.write_text(json.dumps(document), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz until the inputs or the time are used up; libFuzzer then ends the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", default="calls", choices=("calls", "rules", "tables"))
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=0, help="0: until the inputs are used up")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, required=True, help="folder of what was kept")
    given = parser.parse_args(arguments)
    try:
        atheris: Any = importlib.import_module("atheris")
    except ModuleNotFoundError:
        print("this needs atheris: pip install atheris (Python 3.11 or older)")
        return 1
    with atheris.instrument_imports(include=["allocation", "routing"]):
        families = importlib.import_module("tests.fuzz.run").FAMILIES
    given.corpus.mkdir(parents=True, exist_ok=True)
    logging.getLogger("allocation.server").propagate = False
    report = given.corpus.parent / f"{given.family}.json"
    guided = Guided(families[given.family](), report)
    options = [
        f"-runs={given.inputs}",
        f"-seed={given.seed}",
        f"-max_len={_MOST_BYTES}",
        "-len_control=0",
    ]
    if given.seconds:
        options.append(f"-max_total_time={given.seconds}")
    # Of its own accord it would take memory that a server needs for a leak.
    atheris.Setup(
        [sys.argv[0], *options, "-rss_limit_mb=0", "-print_final_stats=1", str(given.corpus)],
        guided.answer,
    )
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A process that holds and commits until it is killed; says what was acknowledged.

Run as ``python -m tests.allocation.ledger.victim FILE`` or ``... DSN SCHEMA``.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from allocation.ledger.conformance.scene import at, want
from tests.allocation.ledger.racers import Place

THREADS = 8


def main(arguments: list[str]) -> None:
    where = (
        Place(file=Path(arguments[0]))
        if len(arguments) == 1
        else Place(dsn=arguments[0], schema=arguments[1])
    )
    ledger = where.open()
    lock = threading.Lock()

    def say(word: str, plan_id: str) -> None:
        with lock:
            sys.stdout.write(f"{word} {plan_id}\n")
            sys.stdout.flush()

    def work(thread: int) -> None:
        for number in range(1_000_000):
            plan_id = f"{thread}-{number}"
            ledger.hold(plan_id, [want()], expire_time=at(100_000), now=at(1))
            say("held", plan_id)
            if number % 2:
                ledger.commit(plan_id, now=at(2))
                say("committed", plan_id)

    for thread in range(THREADS):
        threading.Thread(target=work, args=(thread,), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])

"""Runs a family of inputs: seeded, so that each of them can be made again."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from tests.fuzz.calls import Calls
from tests.fuzz.files import Files
from tests.fuzz.outcome import Outcome, Wrong, memory_mib
from tests.fuzz.wire import Wire

SAMPLES: Final = 200
"""How often memory is looked at."""


class Family(Protocol):
    """A kind of inputs."""

    name: str

    async def answer(self, rng: random.Random) -> tuple[str, str, str]:
        """Answer one input: kind of the answer, what is wrong with it, the input."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...


FAMILIES: Final[Mapping[str, Callable[[], Family]]] = {
    "calls": Calls,
    "wire": Wire,
    "rules": lambda: Files("rules"),
    "tables": lambda: Files("tables"),
}
SHARES: Final[Mapping[str, float]] = {"calls": 0.6, "wire": 0.1, "rules": 0.1, "tables": 0.2}
"""Part of all inputs that each family gets."""


def fuzz(name: str, inputs: int, seed: int) -> Outcome:
    """Run a number of inputs of a family and return what came of them."""
    logging.getLogger("allocation.server").propagate = False
    try:
        return asyncio.run(_fuzz(name, inputs, seed))
    finally:
        logging.getLogger("allocation.server").propagate = True


async def _fuzz(name: str, inputs: int, seed: int) -> Outcome:
    outcome = Outcome(name, seed)
    family = FAMILIES[name]()
    begin_s = time.monotonic()
    every = max(1, inputs // SAMPLES)
    try:
        for number in range(inputs):
            rng = random.Random(f"{name} {seed} {number}")
            kind, problem, content = await family.answer(rng)
            outcome.answers[kind] += 1
            outcome.inputs += 1
            if problem:
                outcome.note(Wrong(name, seed, number, problem, content))
            if number % every == 0:
                outcome.memory.append(memory_mib())
    finally:
        await family.close()
    outcome.seconds = time.monotonic() - begin_s
    return outcome

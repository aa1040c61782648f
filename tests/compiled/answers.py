"""Answers of the build that runs, one line each: ``python -m tests.compiled.answers``.

Plans of drawn orders, what can be done with them, and what a server answers to requests that are
changed in their fields and bytes. For them time stands still, so that the same seed gives the
same lines in every build.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import logging
import random
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from google.protobuf.message_factory import GetMessageClass

from allocation.build_kind import build_kind
from allocation.engine import Engine
from allocation.errors import EngineError
from allocation.server.environment import Environment
from allocation.server.services import FILES
from allocation.server.settings import ServerSettings
from routing.errors import InvalidInputError
from tests.compiled.uses import instances, outcomes
from tests.fuzz.calls import Calls
from tests.fuzz.desk import AMPLE_S, Desk
from tests.strategies.usual_orders import draw_request

_RESPONSES: Final[dict[str, Any]] = {
    f"/{service.full_name}/{method.name}": GetMessageClass(method.output_type)
    for file in FILES
    for service in file.services_by_name.values()
    for method in service.methods
}
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
NOW: Final = datetime(2026, 11, 2, 15, tzinfo=UTC)


def plans(count: int, seed: int) -> Iterator[object]:
    """Plan orders; yield every field of each plan, or why there is none."""
    engine = Engine(clock=lambda: 0.0)
    for number in range(count):
        try:
            result = engine.plan(draw_request(seed + number))
        except (EngineError, InvalidInputError) as error:
            yield type(error).__name__, str(error)
        else:
            yield _digest(repr(result.plan)), [stage.name for stage in result.stages]


def uses(seed: int) -> Iterator[object]:
    """Yield what can be done with what a request and its plan are made of."""
    asked = draw_request(seed)
    found = instances((asked, Engine(clock=lambda: 0.0).plan(asked)))
    for name in sorted(found):
        yield name, list(outcomes(found[name]))


async def calls(count: int, seed: int, folder: Path) -> AsyncIterator[object]:
    """Call a server; yield the method and all that came back."""
    planner = Engine(clock=lambda: 0.0)
    environment = Environment(planner, now=lambda: NOW)
    desk = Desk(ServerSettings(store=f"sqlite:{folder / 'shipfrom.db'}"), environment)
    try:
        inputs = Calls()
        await inputs.learn(desk)
        for number in range(count):
            made, contents = inputs.made(random.Random(f"{seed}:{number}"))
            if made.method.endswith("WatchStock"):
                continue  # Tells changes when they come, by the machine's clock.
            # Pictures of stock are a moment old: how old would be chance.
            await asyncio.wrap_future(desk.resources.stock.catch_up())
            answer = await desk.call(made.method, contents, AMPLE_S)
            # What a request says of now, by the machine's clock, comes back in a refusal.
            details = _INSTANT.sub("now", answer.details)
            said = [answer.code, answer.reason, details, answer.trace]
            yield made.method, *said, _digest(_untimed(made.method, answer.content).hex())
    finally:
        desk.close()


def _untimed(method: str, content: bytes) -> bytes:
    """Return the bytes of an answer without those that tell how long it took."""
    kind = _RESPONSES[method]
    if "times" not in kind.DESCRIPTOR.fields_by_name or not content:
        return content
    times: Any = kind()
    times.MergeFromString(content)
    taken = kind(times=times.times).SerializeToString()
    assert taken in content
    return content.replace(taken, b"")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


async def _tell_calls(count: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async for each in calls(count, seed, Path(folder)):
            print(json.dumps(each))


def main() -> int:
    """Print the build, then a line for each answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=500)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    print(build_kind())
    for each in (*plans(given.plans, given.seed), *uses(given.seed)):
        print(json.dumps(each))
    asyncio.run(_tell_calls(given.calls, given.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())

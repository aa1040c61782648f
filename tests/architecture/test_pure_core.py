"""Routing and the optimizer take the time, chance and settings as arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.modules import Module, modules_below, parse

PURE = ("routing", "allocation/optimize")

# Prefixes of dotted names whose use makes a function depend on more than its arguments.
IMPURE = (
    "os.environ",
    "os.getenv",
    "os.putenv",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "time.localtime",
    "time.monotonic",
    "time.perf_counter",
    "time.process_time",
    "time.sleep",
    "time.time",
    "random",
    "secrets",
    "uuid.uuid1",
    "uuid.uuid4",
    "numpy.random",
)

# Pure although they start like one of the above: state that the caller seeds and owns.
SEEDED = ("random.Random", "numpy.random.Generator", "numpy.random.SeedSequence")

# path -> reason. An entry that is no longer needed fails the test.
EXCEPTIONS: dict[str, str] = {}


def impure_uses(module: Module) -> list[str]:
    """Return one line per use of the clock, chance or environment in `module`."""
    aliases = dict(_aliases(module.tree))
    inner = {id(n.value) for n in ast.walk(module.tree) if isinstance(n, ast.Attribute)}
    whole = (n for n in ast.walk(module.tree) if isinstance(n, ast.expr) and id(n) not in inner)
    names = ((expression.lineno, _dotted(expression, aliases)) for expression in whole)
    return [
        f"{module.path}:{line}: {name}"
        for line, name in names
        if name is not None and _matches(name, IMPURE) and not _matches(name, SEEDED)
    ]


def _matches(name: str, prefixes: tuple[str, ...]) -> bool:
    """Say whether `name` is one of `prefixes`, below it, or a variant such as `time.time_ns`."""
    return any(name == start or name.startswith((f"{start}.", f"{start}_")) for start in prefixes)


def _aliases(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield what each imported name of a module stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                yield (
                    item.asname or item.name.partition(".")[0],
                    (item.name if item.asname else item.name.partition(".")[0]),
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for item in node.names:
                yield item.asname or item.name, f"{node.module}.{item.name}"


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str | None:
    """Return the full dotted name behind an expression such as `np.random.rand`."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in aliases:
        return None
    return ".".join([aliases[node.id], *reversed(parts)])


def test_routing_and_the_optimizer_read_no_clock_no_chance_and_no_environment() -> None:
    """Everything they depend on is an argument."""
    found = [
        use
        for module in modules_below(*PURE)
        if module.path not in EXCEPTIONS
        for use in impure_uses(module)
    ]
    assert not found, "pass these in as arguments:\n" + "\n".join(found)


def test_every_exception_is_still_needed() -> None:
    needed = {module.path for module in modules_below(*PURE) if impure_uses(module)}
    assert set(EXCEPTIONS) <= needed


@pytest.mark.parametrize(
    "text",
    [
        "import os\nx = os.environ['A']",
        "from os import environ\nx = environ.get('A')",
        "from datetime import datetime, UTC\nx = datetime.now(UTC)",
        "import datetime as dt\nx = dt.datetime.utcnow()",
        "from datetime import date\nx = date.today()",
        "import time\nx = time.time_ns()",
        "from time import monotonic\nx = monotonic()",
        "from time import perf_counter as clock\nx = clock",
        "import random\nx = random.random()",
        "from random import shuffle\nshuffle([])",
        "import numpy as np\nx = np.random.rand()",
        "from numpy.random import default_rng\nx = default_rng()",
        "import uuid\nx = uuid.uuid4()",
    ],
)
def test_a_hidden_input_is_found_under_any_name(text: str) -> None:
    assert impure_uses(parse("routing/example.py", text))


@pytest.mark.parametrize(
    "text",
    [
        "import random\nx = random.Random(7).random()",
        "from datetime import datetime\ndef age(now: datetime) -> datetime:\n    return now",
        "import numpy as np\ndef draw(rng: np.random.Generator) -> float:\n    return rng.random()",
        "class Clock:\n    time = 1\nx = Clock.time",
    ],
)
def test_what_the_caller_hands_in_is_left_alone(text: str) -> None:
    assert not impure_uses(parse("routing/example.py", text))

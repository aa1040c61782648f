"""The throttle of the TypeScript example holds back what the Python client's does."""

from __future__ import annotations

import json
import random
from pathlib import Path

from allocation.client import OverloadedError, Throttling
from allocation.client.throttle import Throttle
from tests.examples.node import ran, require_node

CALLS = 3_000

PROGRAM = """
import {{ readFileSync }} from "node:fs";
import {{ Throttle }} from {module};

let nowMs = 0, chance = 0;
const throttle = new Throttle(() => nowMs, () => chance);
const passed = [];
for (const call of JSON.parse(readFileSync("calls.json", "utf8"))) {{
  nowMs = call.now_ms;
  chance = call.chance;
  try {{
    throttle.check();
  }} catch (error) {{
    if (error.reason !== "OVERLOADED" || error.retryDelayMs !== 100) throw error;
    passed.push(false);
    continue;
  }}
  throttle.note(call.refused);
  passed.push(true);
}}
console.log(JSON.stringify(passed));
"""


def drawn_calls() -> list[dict[str, float | bool]]:
    """Return calls whose refusals come and go."""
    rng = random.Random(11)
    now_ms, calls = 0.0, list[dict[str, float | bool]]()
    for number in range(CALLS):
        now_ms += rng.expovariate(1 / 5)
        busy = (number // 500) % 2 == 1
        refused = rng.random() < (0.8 if busy else 0.0)
        calls.append({"now_ms": now_ms, "chance": rng.random(), "refused": refused})
    return calls


def passed_in_python(calls: list[dict[str, float | bool]]) -> list[bool]:
    now_ms, chance, passed = 0.0, 0.0, []
    throttle = Throttle(Throttling(), lambda: now_ms / 1_000, lambda: chance)
    for call in calls:
        now_ms, chance = call["now_ms"], call["chance"]
        try:
            throttle.check()
        except OverloadedError:
            passed.append(False)
        else:
            throttle.note(refused=bool(call["refused"]))
            passed.append(True)
    return passed


def test_both_hold_the_same_calls_back(javascript: Path, tmp_path: Path) -> None:
    calls = drawn_calls()
    (tmp_path / "calls.json").write_text(json.dumps(calls))
    module = json.dumps((javascript.parent / "throttle.js").as_uri())
    (tmp_path / "compare.mjs").write_text(PROGRAM.format(module=module))
    done = ran([require_node(), "compare.mjs"], {}, tmp_path)
    assert done.returncode == 0, done.stderr
    expected = passed_in_python(calls)
    assert json.loads(done.stdout) == expected
    assert 0.1 < expected.count(False) / CALLS < 0.9

"""The table of conditions, and how each is looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from allocation.errors import EngineError
from allocation.server.health.condition import Condition
from allocation.server.resources import Resources
from allocation.server.settings import ServerSettings


def _store(resources: Resources, settings: ServerSettings, _now: datetime) -> str:
    stale_s = resources.stock.stale_s
    if stale_s <= settings.stock_stale_s:
        return ""
    return f"has not answered for {stale_s:.0f} s"


def _rules(resources: Resources, _settings: ServerSettings, _now: datetime) -> str:
    try:
        resources.rule_sets.find("")
    except EngineError as error:
        return error.message
    return ""


def _feed(resources: Resources, settings: ServerSettings, now: datetime) -> str:
    most_s = settings.health.feed_stale_s
    age_s = resources.stock.feed_age_s(now)
    if not most_s or age_s <= most_s:
        return ""
    return f"its latest observation is {age_s:.0f} s old, more than {most_s:g} s"


CONDITIONS: Final[dict[str, Callable[[Resources, ServerSettings, datetime], str]]] = {
    "store": _store,
    "rules": _rules,
    "feed": _feed,
}
"""By name: returns what is wrong, or nothing. Each is quick and asks nothing of the store."""


def look(resources: Resources, settings: ServerSettings, now: datetime) -> tuple[Condition, ...]:
    """Look at every condition."""
    return tuple(
        Condition(name, problem(resources, settings, now)) for name, problem in CONDITIONS.items()
    )

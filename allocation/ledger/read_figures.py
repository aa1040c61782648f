"""Reads the figures of a store, whichever engine it is on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from allocation.ledger import figures_sql as sql
from allocation.ledger.facts import Limits, StoreFigures
from allocation.ledger.instants import from_us, to_us

Ask = Callable[[str, Sequence[Any]], Sequence[Sequence[Any]]]
"""Runs a query with its parameters and returns every row."""


def read_figures(ask: Ask, limits: Limits) -> StoreFigures:
    """Return what the tables say, as of the instant that `ask` reads."""
    last = ask(sql.LAST_ENTRY, ())
    return StoreFigures(
        last_entry_time=from_us(last[0][0]) if last else None,
        levels=_count(ask, sql.LEVELS),
        overdue_holds=_count(ask, sql.OVERDUE, to_us(limits.overdue)),
        old_commitments=_count(ask, sql.OLD_COMMITMENTS, to_us(limits.committed)),
        oversold=_count(ask, sql.OVERSOLD),
        observed={str(place): from_us(time_us) for place, time_us in ask(sql.OBSERVED, ())},
    )


def _count(ask: Ask, query: str, *parameters: int) -> int:
    return int(ask(query, parameters)[0][0])

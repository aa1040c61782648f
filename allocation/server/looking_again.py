"""Before a shopper is told that something is not in stock, the ledger is asked once more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from allocation.errors import EngineError
from allocation.server.planning import Planning, Prepared

T = TypeVar("T")


async def look_again_if_short(
    planning: Planning,
    plan: Callable[[], Awaitable[tuple[Prepared, T]]],
    is_short: Callable[[T], bool],
) -> tuple[Prepared, T]:
    """Return what `plan` makes, made anew if units were missing that have come since.

    Pictures of the ledger are a moment old. That is no harm while there is enough; a line
    that stays unfilled for it would be a wrong answer. Calls at the same time share one look.

    Parameters
    ----------
    plan
        Plans with the current picture.
    is_short
        Says whether the answer leaves units out.
    """
    prepared, answer = await plan()
    if prepared.picture is None or not is_short(answer):
        return prepared, answer
    try:
        await asyncio.wrap_future(planning.stock.catch_up(sweep=True))
        if planning.is_current(prepared):
            return prepared, answer
    except EngineError:
        # The ledger is away. The picture was recent enough to plan with, so the answer stands.
        return prepared, answer
    return await plan()

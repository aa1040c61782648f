"""Before a shopper is told that something is not there, the store is asked once more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from allocation.errors import EngineError, UnknownItemError, UnknownLocationError
from allocation.server.network_state import NetworkState
from allocation.server.network_store import NetworkStore
from allocation.server.planning import Planning, Prepared

T = TypeVar("T")


async def _has_more_names(network: NetworkStore, state: NetworkState) -> bool:
    """Look for what another process has put since a state of the network."""
    with suppress(EngineError):
        # Not on the event loop: the store may be slow to answer.
        await asyncio.to_thread(network.refresh)
    return network.state is not state


async def look_again_if_short(
    planning: Planning,
    plan: Callable[[], Awaitable[tuple[Prepared, T]]],
    is_short: Callable[[T], bool],
) -> tuple[Prepared, T]:
    """Return what `plan` makes, made anew if units or names were missing that have come since.

    Pictures of the ledger are a moment old. That is no harm while there is enough; a line
    that stays unfilled for it would be a wrong answer. Calls at the same time share one look.

    Parameters
    ----------
    plan
        Plans with the current picture.
    is_short
        Says whether the answer leaves units out.
    """
    state = planning.store.state
    try:
        prepared, answer = await plan()
    except (UnknownItemError, UnknownLocationError):
        if not await _has_more_names(planning.store, state):
            raise
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

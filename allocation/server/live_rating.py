"""Live prices added to an answer, in its own threads and within its deadline."""

from __future__ import annotations

import asyncio
from typing import Final

from allocation.engine_api import PlanningRequest
from allocation.errors import NoPlanInTimeError, OverloadedError
from allocation.live_rates.compare import Compared, compare, warning_of
from allocation.live_rates.provider import RateProvider
from allocation.server.budget import Deadline
from allocation.server.codec.live_rate import encode_live_rates, shipments_to_rate
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import allocation_service_pb2

THREADS: Final = 8
QUEUE: Final = 64
"""More plans than these at once go without live prices, each with a warning."""

ASKING_SHARE: Final = 0.9
"""Of the time; the rest is for the answers that came to be told."""


class LiveRating:
    """Asks for live prices of plans; whatever goes wrong is a warning of the plan.

    Parameters
    ----------
    provider
        Whom to ask; ``None``: nobody, and plans stay as they are.
    timeout_s
        Most seconds that a plan waits.
    """

    def __init__(self, provider: RateProvider | None, timeout_s: float) -> None:
        self._provider = provider
        self._timeout_s = timeout_s
        self._pool = WorkerPool(THREADS, QUEUE)

    @property
    def is_on(self) -> bool:
        """Whether anybody is asked."""
        return self._provider is not None

    async def add_to(
        self,
        answer: allocation_service_pb2.AllocateResponse,
        request: PlanningRequest,
        deadline: Deadline,
    ) -> None:
        """Put live prices, and warnings where there are none, into an answer."""
        provider = self._provider
        if provider is None:
            return
        shipments = shipments_to_rate(answer.plan, request)
        if not shipments:
            return
        currency = answer.plan.cost.total.currency_code
        try:
            seconds = deadline.budget_s(self._timeout_s)
            # The wait ends also where a thread hangs, as in looking up a host's address.
            found = await asyncio.wait_for(
                self._pool.run(
                    lambda: compare(
                        provider, shipments, currency, ASKING_SHARE * seconds, deadline.clock
                    )
                ),
                seconds,
            )
        except (NoPlanInTimeError, OverloadedError, TimeoutError) as error:
            reason = _REASONS[type(error)]
            found = Compared(
                {}, tuple(warning_of(provider.name, each.number, reason) for each in shipments)
            )
        encode_live_rates(found, provider.name, shipments, currency, answer)

    def close(self) -> None:
        """Ask no more."""
        self._pool.close()


_REASONS: Final = {
    NoPlanInTimeError: "the call's deadline leaves no time to ask",
    OverloadedError: "too many plans are asking at once",
    TimeoutError: "it did not answer in time",
}

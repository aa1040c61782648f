"""Which calls are made again, when, and how often."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import grpc

from allocation.client.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Retries:
    """Rules of making a call again; the call's deadline holds for all attempts together.

    Attributes
    ----------
    attempts
        Most attempts, the first included; 1 for none again.
    first_pause_s, most_pause_s
        Pause before the second attempt; it doubles from then on, up to the second figure.
        Where the server names a delay, that counts instead. Pauses vary at random by half,
        so that clients that failed together do not come back together.
    """

    attempts: int = 5
    first_pause_s: float = 0.05
    most_pause_s: float = 2.0

    def pause_s(
        self, error: ServiceError, attempt: int, chance: Callable[[], float] = random.random
    ) -> float | None:
        """Return the pause before the next attempt; ``None`` if there is to be none.

        Parameters
        ----------
        attempt
            Number of the attempt that failed, from 1.
        chance
            Uniform in [0, 1).
        """
        if attempt >= self.attempts or not _may_succeed(error):
            return None
        pause = min(self.most_pause_s, self.first_pause_s * float(2 ** (attempt - 1)))
        if error.retry_delay_s is not None:
            pause = error.retry_delay_s
        return pause * (0.75 + chance() / 2)


def _may_succeed(error: ServiceError) -> bool:
    """Whether the same call may succeed later: the server says so, or was not reached."""
    if error.retry_delay_s is not None:
        return True
    # A connection that broke, or a server that was ending: what happened is unknown, which
    # is why every write has an id.
    broken = error.code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    return broken and not error.reason

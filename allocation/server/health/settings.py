"""When a server counts as ready."""

from __future__ import annotations

from dataclasses import dataclass

from routing.errors import Violation, raise_if_any


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """What readiness asks for beside a store that answers and rules that can be used.

    Attributes
    ----------
    feed_stale_s
        Age in seconds of the latest observation in any feed from which on the server is
        not ready; 0: however old feeds are. Feeds must reach servers that are not ready:
        see the runbook.

    Raises
    ------
    routing.errors.InvalidInputError
        If it is out of range.
    """

    feed_stale_s: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.feed_stale_s <= 31_536_000:
            message = f"is {self.feed_stale_s}; it must lie in [0, 31536000]"
            raise_if_any([Violation("feed_stale_s", message)])

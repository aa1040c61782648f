"""Where metrics and probes are served."""

from __future__ import annotations

from dataclasses import dataclass

from routing.errors import Violation, raise_if_any


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """Metrics and probes over HTTP, apart from the service's own port.

    Attributes
    ----------
    host
        Interface for ``/metrics``, ``/live`` and ``/ready``; the default is this machine
        only. They need no token and tell no more than counts, times and versions.
    port
        For them; 0 for none.

    Raises
    ------
    routing.errors.InvalidInputError
        With every setting out of range.
    """

    host: str = "127.0.0.1"
    port: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise_if_any([Violation("port", f"is {self.port}; it must lie in [0, 65535]")])

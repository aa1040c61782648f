"""How a server is set up; fixed once it runs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from allocation.geocoding.settings import GeocodingSettings
from allocation.ledger.waiting import AllotBy, allot_by_from
from allocation.live_rates.settings import LiveRateSettings
from allocation.server.health.settings import HealthSettings
from allocation.server.limits import RequestLimits
from allocation.server.metrics.settings import MetricsSettings
from allocation.server.retention.settings import RetentionSettings
from allocation.server.security.settings import SecuritySettings
from allocation.server.tracing.settings import TracingSettings
from allocation.store.address import MEMORY, address_problem
from routing.errors import Violation, out_of_range, raise_if_any


def default_threads() -> int:
    """Return one planning thread per processor, at least 2."""
    return max(2, os.cpu_count() or 1)


_AGE_JITTER: Final = 0.1
"""gRPC spreads ages by this share, so that connections do not all leave at once."""

LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Settings of one server process.

    Attributes
    ----------
    host
        Interface to listen on; the default is this machine only.
    port
        0 to 65535; 0 takes a free one, which the readiness entry of the log names.
    share_port
        Let several processes listen on one port, the kernel spreading calls over them.
    workers
        Processes that serve the port, looked after by one more; 0: serve in this process.
    threads
        Planning threads, at least 1.
    queue
        Planning calls that may wait beside those that run; more are refused. Of usual orders,
        which are planned at once, four times as many.
    streams
        Calls that one connection may have open at once; more wait in the client.
    connection_age_s
        Age in seconds at which clients are told to connect anew, where processes share the
        port; a call that meets that moment may have to be repeated. The longer, the longer
        takes a restart.
    keepalive_s
        Seconds without a word after which the other end of a connection is asked whether it
        is still there.
    receive_bytes, send_bytes
        Greatest message taken and sent, at least 1 KiB.
    limits
        Most entries of each kind in one request.
    security
        Who may call, how often, and how the connection is protected.
    metrics
        Where metrics and probes are served.
    health
        When the server counts as ready.
    tracing
        Whether and where traces of calls are sent.
    geocoding
        Whether and where unknown postal codes are looked up.
    retention
        How long the store keeps what is over.
    live_rates
        Whether and where carriers' prices of today are asked for.
    network_files
        JSON files loaded at start, in this order; see `allocation.server.network_files`.
    shipped_rates
        Whether the dated example rate cards are loaded.
    store
        Where levels, holds and plans are kept: ``memory``, gone with the process;
        ``sqlite:///path/to/file``; or ``postgresql://user@host/database``.
    stock_poll_s
        Seconds between two looks at the ledger for changes that others have made.
    stock_stale_s
        Age in seconds from which on stock figures are too old to plan with.
    verify_plans
        Whether feasibility and cost of every plan are computed once more, by other code, before
        it is answered; a plan that does not stand up to that is answered as an internal error.
    allot_by
        Who comes first when stock arrives that several plans wait for: words of ``priority``
        (the greatest of the order), ``promised`` (the earliest date first promised),
        ``placed`` (the earliest order) and ``smallest`` (the fewest units), compared in this
        order, with commas between them. Committed plans come before held ones.
    record_plans
        Whether decisions are recorded, so that they can be replayed, also when nothing is
        held. Those of holds always are.
    rules_poll_s
        Seconds between two looks at the store for activations of rule sets that others
        have made.
    reflection
        Whether clients may ask for the contract.
    grace_s
        Most seconds that running calls get to finish at the end.
    log_level
        DEBUG, INFO, WARNING, ERROR or CRITICAL, in any case.

    Raises
    ------
    routing.errors.InvalidInputError
        With every setting out of range.
    """

    host: str = "127.0.0.1"
    port: int = 50051
    share_port: bool = False
    workers: int = 0
    threads: int = field(default_factory=default_threads)
    queue: int = 64
    streams: int = 100
    connection_age_s: float = 20.0
    keepalive_s: float = 60.0
    receive_bytes: int = 4 << 20
    send_bytes: int = 64 << 20
    limits: RequestLimits = field(default_factory=RequestLimits)
    security: SecuritySettings = field(default_factory=SecuritySettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    tracing: TracingSettings = field(default_factory=TracingSettings)
    geocoding: GeocodingSettings = field(default_factory=GeocodingSettings)
    live_rates: LiveRateSettings = field(default_factory=LiveRateSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    network_files: tuple[Path, ...] = ()
    shipped_rates: bool = True
    store: str = MEMORY
    stock_poll_s: float = 0.1
    stock_stale_s: float = 5.0
    verify_plans: bool = True
    allot_by: str = "priority,promised,placed"
    record_plans: bool = False
    rules_poll_s: float = 0.25
    reflection: bool = True
    grace_s: float = 30.0
    log_level: str = "INFO"

    def __post_init__(self) -> None:
        object.__setattr__(self, "log_level", self.log_level.upper())
        unknown_level = self.log_level not in LOG_LEVELS
        raise_if_any(
            [Violation("log_level", f"is {self.log_level}; give one of {', '.join(LOG_LEVELS)}")]
            * unknown_level
            + _order_problems(self.allot_by)
            + [problem for problem in (address_problem(self.store),) if problem is not None]
            + out_of_range(
                (
                    ("port", self.port, 0, 65_535),
                    ("workers", self.workers, 0, 256),
                    ("threads", self.threads, 1, 1_024),
                    ("queue", self.queue, 0, 1_000_000),
                    ("connection_age_s", self.connection_age_s, 0.1, 86_400),
                    ("keepalive_s", self.keepalive_s, 1, 86_400),
                    ("streams", self.streams, 1, 1_000_000),
                    ("receive_bytes", self.receive_bytes, 1 << 10, 1 << 30),
                    ("send_bytes", self.send_bytes, 1 << 10, 1 << 30),
                    ("stock_poll_s", self.stock_poll_s, 0.001, 60),
                    ("stock_stale_s", self.stock_stale_s, 0.1, 3_600),
                    ("rules_poll_s", self.rules_poll_s, 0.001, 60),
                    ("grace_s", self.grace_s, 0, 3_600),
                )
            )
        )

    @property
    def oldest_connection_s(self) -> float:
        """Age in seconds at which the last client has been told to connect anew."""
        return self.connection_age_s * (1 + _AGE_JITTER)

    @property
    def target(self) -> str:
        """What gRPC listens on; IPv6 addresses get their brackets."""
        host = f"[{self.host}]" if ":" in self.host and not self.host.startswith("[") else self.host
        return f"{host}:{self.port}"


def _order_problems(text: str) -> list[Violation]:
    try:
        allot_by_from(text)
    except ValueError:
        known = ", ".join(by.value for by in AllotBy)
        return [Violation("allot_by", f"is {text!r}; give some of {known}, with commas")]
    return []

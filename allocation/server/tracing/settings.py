"""Whether and where traces are sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from routing.errors import Violation, raise_if_any


@dataclass(frozen=True, slots=True)
class TracingSettings:
    """Traces of calls, sent to a collector.

    Attributes
    ----------
    endpoint
        Where spans go, as OTLP over HTTP: ``http://127.0.0.1:4318/v1/traces``. Empty: no
        traces are made. Needs the extra ``otel``.
    share
        Part of the calls that are traced, in [0, 1], of those that come without a trace of
        their own; the others do as the caller's trace says.
    service_name
        What the traces call this server.

    Raises
    ------
    routing.errors.InvalidInputError
        With every setting that cannot be used.
    """

    endpoint: str = ""
    share: float = 0.05
    service_name: str = "shipfrom"

    def __post_init__(self) -> None:
        raise_if_any(list(self._problems()))

    def _problems(self) -> Iterator[Violation]:
        if self.endpoint:
            parts = urlsplit(self.endpoint)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                example = "http://127.0.0.1:4318/v1/traces"
                yield Violation("endpoint", f"is {self.endpoint!r}; give a URL: {example}")
        if not 0 <= self.share <= 1:
            yield Violation("share", f"is {self.share}; it must lie in [0, 1]")
        if not self.service_name:
            yield Violation("service_name", "is empty; the usual one is shipfrom")

"""From settings to what watches calls and sends their spans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from allocation.server.interceptors.observer import CallObserver
from allocation.server.start_error import StartError
from allocation.server.tracing.settings import TracingSettings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

_SEND_S: Final = 2.0
"""A collector that takes longer loses spans; calls never wait for it."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """What traces calls.

    Attributes
    ----------
    observer
        Told of every call.
    close
        Sends what is left and ends; waits `_SEND_S` at most or a little longer.
    """

    observer: CallObserver
    close: Callable[[], None]


def open_tracing(settings: TracingSettings, clock: Callable[[], float]) -> Tracing | None:
    """Return what traces calls; ``None`` if nobody collects traces.

    OpenTelemetry is imported only where it is used: a server without traces does not need it.

    Parameters
    ----------
    clock
        Monotonic seconds.

    Raises
    ------
    StartError
        OpenTelemetry is not installed.
    """
    if not settings.endpoint:
        return None
    try:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.sdk.trace.sampling import (  # noqa: PLC0415
            ParentBased,
            TraceIdRatioBased,
        )

        from allocation.server.tracing.observer import TraceObserver  # noqa: PLC0415

        exporter = make_exporter(settings)
    except ModuleNotFoundError as error:
        raise StartError(
            f"tracing.endpoint is set and {error.name} is not installed; install shipfrom[otel], "
            "or leave tracing.endpoint empty"
        ) from error
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(settings.share)),
        resource=Resource.create(
            {"service.name": settings.service_name, "service.version": version("shipfrom")}
        ),
        # The server says itself when it ends.
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Tracing(TraceObserver(provider.get_tracer("shipfrom"), clock), provider.shutdown)


def make_exporter(settings: TracingSettings) -> SpanExporter:
    """Return what sends spans to the collector."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )

    return OTLPSpanExporter(endpoint=settings.endpoint, timeout=_SEND_S)

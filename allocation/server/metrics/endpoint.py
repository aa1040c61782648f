"""Metrics and probes over HTTP, in a thread of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from threading import Thread
from typing import Any, Final

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from allocation.server.health.condition import Report
from allocation.server.metrics.http_server import ProbeServer
from allocation.server.metrics.settings import MetricsSettings
from allocation.server.start_error import StartError

_TIMEOUT_S: Final = 5


class MetricsEndpoint:
    """Serves ``/metrics``, ``/live`` and ``/ready``.

    Parameters
    ----------
    settings
        Where; nothing is served if the port is 0.
    registry
        Gives the registry to show, anew for every request.
    report
        Gives the latest findings on the server's health.

    Raises
    ------
    StartError
        If the port cannot be had.
    """

    def __init__(
        self,
        settings: MetricsSettings,
        registry: Callable[[], CollectorRegistry],
        report: Callable[[], Report],
    ) -> None:
        self.port = 0
        self._server: ProbeServer | None = None
        if not settings.port:
            return
        answers: dict[str, Callable[[], tuple[int, str, bytes]]] = {
            "/metrics": lambda: (200, CONTENT_TYPE_LATEST, generate_latest(registry())),
            "/live": lambda: _probe(report(), ready=False),
            "/ready": lambda: _probe(report(), ready=True),
        }
        try:
            self._server = ProbeServer((settings.host, settings.port), _handler(answers))
        except OSError as error:
            raise StartError(
                f"cannot serve metrics on {settings.host}:{settings.port}: {error.strerror}; "
                "choose another metrics.port, or 0 for none"
            ) from error
        self.port = self._server.server_port
        Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()

    def close(self) -> None:
        """Stop serving. Repeatable."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def _probe(report: Report, *, ready: bool) -> tuple[int, str, bytes]:
    fine = report.ready if ready else report.live
    content = json.dumps(
        {
            "live": report.live,
            "ready": report.ready,
            "problems": [f"{each.name}: {each.problem}" for each in report.failed],
        }
    )
    return (200 if fine else 503), "application/json", content.encode()


def _handler(
    answers: dict[str, Callable[[], tuple[int, str, bytes]]],
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers GET; logs nothing, since probes come every few seconds."""

        timeout = _TIMEOUT_S
        # Nobody has to know which Python this is.
        server_version, sys_version = "ShipFrom", ""

        def do_GET(self) -> None:  # the name that http.server looks for
            """Answer one of the paths."""
            answer = answers.get(self.path.partition("?")[0])
            status, content_type, content = (
                answer() if answer else (404, "text/plain", f"try {', '.join(answers)}\n".encode())
            )
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Log nothing."""

    return Handler

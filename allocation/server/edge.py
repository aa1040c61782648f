"""What stands between the network and the services: the port, TLS, and the interceptors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import grpc
from grpc import aio

from allocation.server.accepting import can_accept_many
from allocation.server.environment import Environment
from allocation.server.intake import Intake
from allocation.server.interceptors.access_log import AccessLog
from allocation.server.interceptors.audit import AuditLog
from allocation.server.interceptors.call import CallInterceptor
from allocation.server.interceptors.observer import CallObserver
from allocation.server.interceptors.permission import Gate
from allocation.server.security.authenticator import Authenticator
from allocation.server.security.exposure import exposure_problems
from allocation.server.security.rates import RateLimiter
from allocation.server.security.tls import server_credentials
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from allocation.server.sturdy_core import sturdy_server

MOST_PENDING: Final = 128
"""Calls that wait to be taken on. Beyond it gRPC itself ends more and more of them (CANCELLED,
without details), and beyond twice as many all: that costs a hundredth of answering them."""

MOST_ANSWER_MS: Final = 20_000
"""Time in which the other end has to answer a ping."""

LEAST_PING_MS: Final = 5_000
"""Clients that ping more often are told to stop."""


def make_interceptor(
    settings: ServerSettings,
    environment: Environment,
    observers: Sequence[CallObserver] = (),
    intake: Intake | None = None,
) -> CallInterceptor:
    """Return what asks, logs and answers around every call as the settings say.

    Parameters
    ----------
    observers
        Told of every call, beside the logs.
    intake
        Says when planning calls are to be refused unread; ``None``: never.

    Raises
    ------
    StartError
        If it would let in whoever can reach it, or a file of its security cannot be used.
    """
    return CallInterceptor(
        make_gate(settings, environment),
        (AccessLog(), AuditLog(), *observers),
        environment.clock,
        intake,
    )


def make_server(settings: ServerSettings, interceptor: CallInterceptor) -> aio.Server:
    """Return a server without services; calls have to be taken on by acceptors where they can."""
    options: list[tuple[str, Any]] = [
        ("grpc.max_receive_message_length", settings.receive_bytes),
        ("grpc.max_send_message_length", settings.send_bytes),
        # What is beyond waits in the client, at no cost to the server.
        ("grpc.max_concurrent_streams", settings.streams),
        # Otherwise a call counts until Python has let go of it, a good deal after its answer:
        # a client that begins the next one then, as it may, has it refused (UNAVAILABLE).
        # What resets can pile up is bounded by the calls that may be pending.
        ("grpc.http.overload_protection", 0),
        # Calls wait here until Python takes them on, one after the other. What waits too long
        # is of no use to anybody, and would only keep the others waiting.
        ("grpc.server.max_pending_requests", MOST_PENDING),
        ("grpc.server.max_pending_requests_hard_limit", 2 * MOST_PENDING),
        # Otherwise a second server would bind the same port without a word.
        ("grpc.so_reuseport", int(settings.share_port)),
        *_connection_age(settings),
        *_keepalive(settings),
    ]
    if can_accept_many():
        return sturdy_server([interceptor], options)
    return aio.server(interceptors=[interceptor], options=options)


def _connection_age(settings: ServerSettings) -> list[tuple[str, int]]:
    """Let connections move to another process, where there may be one, before this one ends.

    A call that meets the end of its connection can fail once (UNAVAILABLE), so a server that
    has its port to itself keeps connections for as long as clients do.
    """
    if not settings.share_port:
        return []
    return [("grpc.max_connection_age_ms", round(settings.connection_age_s * 1_000))]


def _keepalive(settings: ServerSettings) -> list[tuple[str, int]]:
    """Find out connections whose other end is gone without a word, and let clients do so."""
    wait_ms = round(settings.keepalive_s * 1_000)
    return [
        ("grpc.keepalive_time_ms", wait_ms),
        # Two names for one thing: which of them counts depends on gRPC's version.
        ("grpc.keepalive_timeout_ms", min(wait_ms, MOST_ANSWER_MS)),
        ("grpc.http2.ping_timeout_ms", min(wait_ms, MOST_ANSWER_MS)),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.http2.min_ping_interval_without_data_ms", LEAST_PING_MS),
    ]


def bind(server: aio.Server, settings: ServerSettings, environment: Environment) -> int:
    """Listen, with TLS where there is a certificate, and return the port.

    Raises
    ------
    StartError
        If the port cannot be had or the certificate cannot be used.
    """
    credentials = _credentials(settings, environment)
    target = settings.target
    try:
        port = (
            server.add_insecure_port(target)
            if credentials is None
            else server.add_secure_port(target, credentials)
        )
    except RuntimeError as error:
        raise StartError(
            f"cannot listen on {target}: the address is in use or not of this machine; choose "
            "another with --host and --port, or stop what listens there"
        ) from error
    if port == 0:
        raise StartError(f"cannot listen on {target}: no port was given; choose another")
    return int(port)


def _credentials(
    settings: ServerSettings, environment: Environment
) -> grpc.ServerCredentials | None:
    try:
        return server_credentials(settings.security, environment.clock)
    except (ValueError, OSError) as error:
        raise StartError(f"the certificate cannot be used: {error}") from error


def make_gate(settings: ServerSettings, environment: Environment) -> Gate:
    """Return what lets calls through.

    Raises
    ------
    StartError
        If it would let in whoever can reach it, or a file of its security cannot be used.
    """
    security = settings.security
    problems = exposure_problems(settings.host, security)
    if problems:
        raise StartError("; ".join(problems))
    try:
        authenticator = Authenticator(security, environment.now, environment.clock)
    except (ValueError, OSError) as error:
        raise StartError(str(error)) from error
    rates = RateLimiter(security.rate_per_s, security.rate_burst, environment.clock)
    return Gate(authenticator, rates)

"""Who listens where a server would: nobody, a ShipFrom server, or somebody else."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from enum import Enum
from http.client import HTTPConnection, HTTPException
from typing import Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from allocation.server.processes.port import free_address
from allocation.server.settings import ServerSettings

_ANSWER_S: Final = 2.0
_MOST_BYTES: Final = 65_536
_READY: Final = "ready"
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "::1"}  # noqa: S104


class Listener(Enum):
    """Who was found."""

    NOBODY = "nobody"
    READY = "a ShipFrom server that is ready"
    NOT_READY = "a ShipFrom server that is not ready"
    ENCRYPTED = "somebody who wants an encrypted connection"
    STRANGER = "somebody else"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class Answer:
    """Who listens; `problem` says why the address cannot be used, where it cannot."""

    listener: Listener
    problem: str = ""


def ask_who_listens(settings: ServerSettings) -> Answer:
    """Return who listens on the address of a server."""
    if settings.port == 0:
        return Answer(Listener.NOBODY)
    problem = address_problem(settings.host, settings.port)
    if not problem:
        return Answer(Listener.NOBODY)
    if not _connects(settings.host, settings.port):
        return Answer(Listener.UNUSABLE, problem)
    if settings.security.is_encrypted:
        return Answer(Listener.ENCRYPTED)
    return Answer(_health(settings.host, settings.port))


def ask_who_probes(settings: ServerSettings) -> Answer:
    """Return who listens where the metrics and probes of a server would be."""
    host, port = settings.metrics.host, settings.metrics.port
    if port == 0:
        return Answer(Listener.NOBODY)
    problem = address_problem(host, port)
    if not problem:
        return Answer(Listener.NOBODY)
    if not _connects(host, port):
        return Answer(Listener.UNUSABLE, problem)
    return Answer(Listener.READY if _is_ours(host, port) else Listener.STRANGER)


def _is_ours(host: str, port: int) -> bool:
    connection = HTTPConnection(_near(host).strip("[]"), port, timeout=_ANSWER_S)
    try:
        connection.request("GET", "/live")
        found = json.loads(connection.getresponse().read(_MOST_BYTES))
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return isinstance(found, dict) and "live" in found


def address_problem(host: str, port: int) -> str:
    """Return why nobody could listen on an address now; empty if one could."""
    try:
        free_address(host, port)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _connects(host: str, port: int) -> bool:
    try:
        socket.create_connection((_near(host).strip("[]"), port), timeout=_ANSWER_S).close()
    except OSError:
        return False
    return True


def _health(host: str, port: int) -> Listener:
    near = _near(host)
    target = f"[{near}]:{port}" if ":" in near.strip("[]") else f"{near}:{port}"
    with grpc.insecure_channel(target) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        try:
            request = health_pb2.HealthCheckRequest(service=_READY)
            answer = stub.Check(request, timeout=_ANSWER_S)
        except grpc.RpcError:
            return Listener.STRANGER
    serving = answer.status == health_pb2.HealthCheckResponse.SERVING
    return Listener.READY if serving else Listener.NOT_READY


def _near(host: str) -> str:
    """Return an address of this machine at which a server on `host` can be reached."""
    return _EVERYWHERE.get(host, host)

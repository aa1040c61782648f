"""The port that workers share, held by the supervisor."""

from __future__ import annotations

import socket
from typing import Any

from allocation.server.start_error import StartError


def reserve_port(host: str, port: int) -> socket.socket:
    """Return a socket that holds a port, without listening on it.

    Workers listen on the same port beside it. It keeps a port that was free from going to
    somebody else while workers come and go, and shows that nobody else listens there.

    Parameters
    ----------
    host
        Interface, by number or name.
    port
        0 takes a free one.

    Raises
    ------
    StartError
        If somebody listens there, or the address is not of this machine.
    """
    try:
        family, taken = free_address(host, port)
        held = socket.socket(family, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(taken)
    except OSError as error:
        raise StartError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another with --host and "
            "--port, or stop what listens there"
        ) from error
    return held


def free_address(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    """Return an address on which somebody could listen now, as sockets take it.

    Raises
    ------
    OSError
        Somebody listens there, or the address is not of this machine.
    """
    family, *_, address = socket.getaddrinfo(
        host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # With SO_REUSEPORT, binding beside another supervisor would succeed.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        return family, probe.getsockname()

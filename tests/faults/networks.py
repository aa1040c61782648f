"""Faults of connections and those at their other end: silent, gone, impatient, exchanged keys."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import grpc

from allocation.client import Connection
from allocation.server.security.settings import SecuritySettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc
from tests.allocation.server.samples import allocate_request
from tests.allocation.server.security.certificates import Authority
from tests.faults.result import Result
from tests.faults.running import again_for, file_store, in_thread, judged, stock_up
from tests.faults.shop import Shop

SHOPPERS: Final = 4
PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"


class Freezer:
    """Passes bytes on until it is frozen; then it takes them and says nothing more."""

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._frozen = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def freeze(self) -> None:
        """Let every connection that is open go silent for ever; new ones work."""
        self._frozen.set()
        self._frozen = threading.Event()

    def close(self) -> None:
        """End everything."""
        self._listener.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._upstream))
            self._open += [client, server]
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(*ends, self._frozen), daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket, frozen: threading.Event) -> None:
        with suppress(OSError):
            while content := source.recv(1 << 16):
                if frozen.is_set():
                    continue  # As if it were on its way, for ever.
                sink.sendall(content)


def half_open(folder: Path, seconds: float) -> Result:
    """Connections go silent in the middle of calls, and others never say anything at all."""
    with in_thread(file_store(folder)) as server, _silent(server.port, 50):
        freezer = Freezer(server.port)

        def strike() -> None:
            shop.wait_for(20)
            freezer.freeze()
            shop.wait_for(20)

        # What a backend does when its calls get no answer: it gives up the connection.
        direct, frozen = Connection(server.address), Connection(f"127.0.0.1:{freezer.port}")
        with (
            Shop(frozen, SHOPPERS, impatient=True).open() as shop,
            Shop(direct, 1).open() as others,
        ):
            again_for(seconds, strike)
        freezer.close()
        shop.told.committed += others.told.committed
        shop.told.refused += others.told.refused
        assert not others.told.repeated, others.told.repeated
        return judged("half-open connections", direct, shop)


@contextmanager
def _silent(port: int, count: int) -> Iterator[None]:
    """Keep connections open that begin like HTTP/2 and then say nothing."""
    opened = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    for number, each in enumerate(opened):
        each.sendall(PREFACE[: 5 + number % len(PREFACE)])
    try:
        yield
    finally:
        for each in opened:
            each.close()


def clients_gone(folder: Path, seconds: float) -> Result:
    """Clients ask for holds and are gone before the answer; what they held runs out by itself."""
    with in_thread(file_store(folder)) as server:
        connection = Connection(server.address)

        def strike() -> None:
            for delay_s in (0.0, 0.0005, 0.001, 0.002, 0.005):
                _ask_and_leave(server.address, delay_s)
            shop.wait_for(5)

        with Shop(connection, SHOPPERS).open() as shop:
            again_for(seconds, strike)
        time.sleep(2.5)  # Holds of those who left are for one second.
        waiting = server._opened.waiting()
        assert not any(waiting.values()), waiting
        return judged("client disconnects", connection, shop)


def _ask_and_leave(address: str, delay_s: float) -> None:
    options = [("grpc.use_local_subchannel_pool", 1)]
    with grpc.insecure_channel(address, options=options) as channel:
        stub = allocation_service_pb2_grpc.AllocationServiceStub(channel)
        grpc.channel_ready_future(channel).result(10)
        calls = []
        for number in range(8):
            request = allocate_request({"mug": "1"})
            request.ClearField("inline_stock")
            request.mode = pb.ALLOCATE_MODE_HOLD
            request.hold_ttl.seconds = 1
            request.request_id = f"left-{time.monotonic_ns()}-{number}"
            calls.append(stub.Allocate.future(request, timeout=10))
        time.sleep(delay_s)
        for call in calls[::2]:
            call.cancel()
    # Whatever was not cancelled ends with the connection.


def certificate_rotated(folder: Path, seconds: float) -> Result:
    """Exchange certificate and key under load; old connections go on, new ones get the new."""
    authority = Authority()
    certificate, key = authority.issue("server").write(folder, "server")
    ca = folder / "ca.crt"
    ca.write_bytes(authority.certificate)
    security = SecuritySettings(tls_certificate_file=certificate, tls_key_file=key)
    with in_thread(file_store(folder), security=security) as server:
        connection = Connection(server.address, ca_file=ca)
        stock_up(connection)
        seen = {_certificate(server.port)}

        def strike() -> None:
            shop.wait_for(20)
            authority.issue("server").write(folder, "server")
            end_s = time.monotonic() + 20
            while (found := _certificate(server.port)) in seen:
                assert time.monotonic() < end_s, "the old certificate is still in use"
                time.sleep(0.1)
            seen.add(found)
            with Shop(connection, 1).open() as late:
                late.wait_for(5)
            shop.told.committed += late.told.committed
            shop.told.refused += late.told.refused

        with Shop(connection, SHOPPERS).open() as shop:
            again_for(seconds, strike)
        assert len(seen) > 1
        assert not shop.told.repeated, shop.told.repeated
        return judged("certificate rotated", connection, shop)


def _certificate(port: int) -> str:
    """Return what certificate a new connection is shown."""
    import ssl  # noqa: PLC0415 - only needed here

    return ssl.get_server_certificate(("127.0.0.1", port), timeout=10)

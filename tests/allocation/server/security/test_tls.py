"""TLS and client certificates over real sockets, and their exchange while the server runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio

from allocation.server.environment import default_environment
from allocation.server.in_process import running_server
from allocation.server.security.settings import SecuritySettings
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from routing.v1 import network_service_pb2 as net
from routing.v1 import network_service_pb2_grpc
from tests.allocation.server.security.certificates import Authority, Pair


class Clock:
    """Monotonic seconds that tests move on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@asynccontextmanager
async def serving(security: SecuritySettings, clock: Clock | None = None) -> AsyncIterator[Server]:
    environment = replace(default_environment(), clock=clock or Clock())
    async with running_server(ServerSettings(port=0, security=security), environment) as server:
        yield server


async def list_items(
    server: Server, authority: Authority, client: Pair | None = None
) -> net.ListItemsResponse:
    """Call once over a connection of its own."""
    credentials = grpc.ssl_channel_credentials(
        authority.certificate,
        client.key if client else None,
        client.certificate if client else None,
    )
    options = [("grpc.use_local_subchannel_pool", 1)]
    async with aio.secure_channel(server.address, credentials, options) as channel:
        stub = network_service_pb2_grpc.NetworkServiceStub(channel)
        return await stub.ListItems(net.ListItemsRequest(), timeout=20)


async def refused(server: Server, authority: Authority, client: Pair | None = None) -> bool:
    try:
        await asyncio.wait_for(list_items(server, authority, client), 5)
    except (grpc.aio.AioRpcError, TimeoutError) as error:
        return not isinstance(error, aio.AioRpcError) or error.code() in {
            grpc.StatusCode.UNAVAILABLE,
            grpc.StatusCode.DEADLINE_EXCEEDED,
        }
    return False


def security(folder: Path, authority: Authority, **more: Any) -> SecuritySettings:
    certificate, key = authority.issue("server").write(folder, "server")
    return SecuritySettings(tls_certificate_file=certificate, tls_key_file=key, **more)


async def test_calls_are_encrypted_and_a_client_without_tls_gets_nowhere(tmp_path: Path) -> None:
    authority = Authority()
    async with serving(security(tmp_path, authority)) as server:
        assert await list_items(server, authority) == net.ListItemsResponse()
        assert await refused(server, Authority("another"))
        async with aio.insecure_channel(server.address) as channel:
            stub = network_service_pb2_grpc.NetworkServiceStub(channel)
            with pytest.raises(aio.AioRpcError):
                await stub.ListItems(net.ListItemsRequest(), timeout=5)


async def test_a_new_certificate_is_used_for_new_connections_and_open_ones_stay(
    tmp_path: Path,
) -> None:
    old, new, clock = Authority("old"), Authority("new"), Clock()
    settings = security(tmp_path, old)
    async with serving(settings, clock) as server:
        credentials = grpc.ssl_channel_credentials(old.certificate)
        async with aio.secure_channel(server.address, credentials) as channel:
            stub = network_service_pb2_grpc.NetworkServiceStub(channel)
            await stub.ListItems(net.ListItemsRequest())
            new.issue("server").write(tmp_path, "server")
            clock.seconds += 2
            assert await list_items(server, new) == net.ListItemsResponse()
            assert await refused(server, old)
            await stub.ListItems(net.ListItemsRequest())


async def test_a_key_that_does_not_fit_is_not_taken_over(tmp_path: Path) -> None:
    authority, clock = Authority(), Clock()
    settings = security(tmp_path, authority)
    async with serving(settings, clock) as server:
        (tmp_path / "server.key").write_bytes(authority.issue("other").key)
        clock.seconds += 2
        assert await list_items(server, authority) == net.ListItemsResponse()


async def test_only_clients_with_a_certificate_of_the_authority_get_in(tmp_path: Path) -> None:
    authority, clients = Authority(), Authority("clients")
    ca = tmp_path / "clients.crt"
    ca.write_bytes(clients.certificate)
    settings = security(tmp_path, authority, tls_client_ca_file=ca)
    async with serving(settings) as server:
        answer = await list_items(server, authority, clients.issue("shop"))
        assert answer == net.ListItemsResponse()
        assert await refused(server, authority)
        assert await refused(server, authority, Authority("others").issue("shop"))


PRINCIPALS = """
[[principal]]
name = "warehouse"
roles = ["stock"]
certificate = "spiffe://example.com/warehouse"

[[principal]]
name = "rule editor"
roles = ["rules"]
certificate = "rules.example.com"
"""


async def test_a_client_certificate_proves_who_calls(tmp_path: Path) -> None:
    authority = Authority()
    ca, principals = tmp_path / "ca.crt", tmp_path / "principals.toml"
    ca.write_bytes(authority.certificate)
    principals.write_text(PRINCIPALS, encoding="utf-8")
    settings = security(tmp_path, authority, tls_client_ca_file=ca, principals_file=principals)

    async def code(client: Pair) -> grpc.StatusCode:
        try:
            await list_items(server, authority, client)
        except aio.AioRpcError as error:
            return error.code()
        return grpc.StatusCode.OK

    async with serving(settings) as server:
        by_uri = authority.issue("whatever", "spiffe://example.com/warehouse")
        by_name = authority.issue("rules.example.com")
        assert await code(by_uri) is grpc.StatusCode.OK
        assert await code(by_name) is grpc.StatusCode.OK
        with pytest.raises(aio.AioRpcError, match=r"client's certificate, .*'stranger'") as caught:
            await list_items(server, authority, authority.issue("stranger"))
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_a_certificate_of_another_key_keeps_the_server_from_starting(tmp_path: Path) -> None:
    authority = Authority()
    certificate, _ = authority.issue("a").write(tmp_path, "a")
    _, key = authority.issue("b").write(tmp_path, "b")
    server = Server(
        ServerSettings(
            port=0,
            security=SecuritySettings(tls_certificate_file=certificate, tls_key_file=key),
        )
    )
    with pytest.raises(StartError, match="not a certificate and its key"):
        await server.start()
    await server.drain()

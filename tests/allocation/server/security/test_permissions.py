"""Every method with every role and with no, a wrong and an expired token: from the one table."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor

from allocation.server.in_process import running_server, server_in_thread
from allocation.server.security.permissions import AUDITED, PERMISSIONS, PUBLIC, allowed_roles
from allocation.server.security.roles import Role
from allocation.server.security.settings import SecuritySettings
from allocation.server.security.tokens import digest_of, new_token
from allocation.server.server import Server
from allocation.server.services import FILES
from allocation.server.settings import ServerSettings
from tests.allocation.server.samples import CallError, connected, parse_error

METHODS: dict[str, MethodDescriptor] = {
    f"/{service.full_name}/{method.name}": method
    for file in FILES
    for service in file.services_by_name.values()
    for method in service.methods
}
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
TOKENS = {role: new_token() for role in Role}
EXPIRED, UNKNOWN = new_token(), new_token()


def principals() -> str:
    tables = [
        f'[[principal]]\nname = "{role.value}-caller"\nroles = ["{role.value}"]\n'
        f'token_sha256 = "{digest_of(token)}"\n'
        for role, token in TOKENS.items()
    ]
    tables.append(
        '[[principal]]\nname = "former"\nroles = ["admin"]\nexpire_time = 2020-01-01T00:00:00Z\n'
        f'token_sha256 = "{digest_of(EXPIRED)}"\n'
    )
    return "\n".join(tables)


@pytest.fixture(scope="module")
def principals_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("security") / "principals.toml"
    path.write_text(principals(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def server(principals_file: Path) -> Iterator[Server]:
    settings = ServerSettings(port=0, security=SecuritySettings(principals_file=principals_file))
    with server_in_thread(settings) as server:
        yield server


async def outcome(server: Server, method: str, metadata: Any) -> CallError | None:
    """Call a method with nothing in it; return its error, ``None`` if it has none.

    Streams are empty: sending to a call that the server has already refused would fail in
    the client, without the server's status.
    """
    async with connected(server) as client:
        try:
            await _call(client.channel, method, metadata)
        except grpc.aio.AioRpcError as error:
            return parse_error(error)
    return None


async def _call(channel: Any, method: str, metadata: Any) -> None:
    if method == REFLECTION:
        async for _ in channel.stream_stream(method)(iter(()), metadata=metadata, timeout=20):
            return
        return
    descriptor = METHODS[method]
    request = message_factory.GetMessageClass(descriptor.input_type)()
    streams = descriptor.client_streaming, descriptor.server_streaming
    kind = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }[streams]
    given = iter(()) if descriptor.client_streaming else request
    call = kind(method, lambda message: message.SerializeToString(), bytes)(
        given, metadata=metadata, timeout=2
    )
    if descriptor.server_streaming:
        async for _ in call:
            return
    else:
        await call


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


def test_the_table_has_every_method_of_the_contract_and_no_other() -> None:
    assert set(PERMISSIONS) == {*METHODS, REFLECTION}
    assert not PUBLIC & set(PERMISSIONS)
    assert set(PERMISSIONS) > AUDITED


def test_administrators_may_call_everything_and_nobody_what_is_not_in_the_table() -> None:
    assert all(Role.ADMIN in roles for roles in PERMISSIONS.values())
    assert allowed_roles("/allocation.v1.AllocationService/Unheard") == frozenset()


def test_what_only_looks_may_be_called_by_those_who_only_look() -> None:
    changing = {method for method, roles in PERMISSIONS.items() if Role.READ not in roles}
    for method in PERMISSIONS:
        name = method.rpartition("/")[2]
        if name.startswith(("Get", "List", "Watch", "Explain")):
            assert method not in changing, method
        if name.startswith(("Put", "Set", "Adjust", "Commit", "Release", "Activate", "Fulfill")):
            assert method in changing, method


@pytest.mark.parametrize("method", PERMISSIONS)
async def test_each_role_may_call_what_the_table_says(server: Server, method: str) -> None:
    for role, token in TOKENS.items():
        error = await outcome(server, method, bearer(token))
        refused = error is not None and error.reason == "PERMISSION_DENIED"
        assert refused == (role not in PERMISSIONS[method]), (role, error)
        if refused:
            assert error is not None
            assert error.code is grpc.StatusCode.PERMISSION_DENIED
            assert error.metadata["method"] == method
            assert error.metadata["roles"] == role.value
            wanted = sorted(each.value for each in PERMISSIONS[method])
            assert error.metadata["needed"] == ", ".join(wanted)
        else:
            assert error is None or error.reason not in {"UNAUTHENTICATED", "INTERNAL"}


@pytest.mark.parametrize("method", PERMISSIONS)
@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ((), "nothing says who calls"),
        (bearer(UNKNOWN), "not known"),
        (bearer(""), "not known"),
        (bearer(EXPIRED), "expired at 2020-01-01"),
        (bearer("x.y.z"), "not known"),
        ((("authorization", f"Basic {TOKENS[Role.ADMIN]}"),), "Bearer TOKEN"),
        (bearer(TOKENS[Role.ADMIN]) * 2, "must be there once"),
    ],
    ids=["none", "wrong", "empty", "expired", "jwt without keys", "other scheme", "two"],
)
async def test_without_a_valid_token_nothing_can_be_called(
    server: Server, method: str, metadata: Any, says: str
) -> None:
    error = await outcome(server, method, metadata)
    assert error is not None
    assert (error.code, error.reason) == (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED")
    assert says in error.message
    assert not any(token in error.message for token in (*TOKENS.values(), EXPIRED, UNKNOWN))


async def test_the_log_says_where_a_call_came_from_whose_caller_is_unknown(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "allocation.server.access")
    method = "/allocation.v1.AllocationService/GetPlan"
    for token in (UNKNOWN, TOKENS[Role.RULES]):
        await outcome(server, method, bearer(token))
    records: list[dict[str, Any]] = []
    async with asyncio.timeout(30):
        # What several calls can share is logged a moment later.
        while len(records) < 2:
            await asyncio.sleep(0.01)
            records = [
                vars(each) for each in caplog.records if getattr(each, "method", "") == method
            ]
    unknown, known = records
    assert (unknown["principal"], unknown["address"]) == ("", "ipv4:127.0.0.1")
    assert known["principal"]
    assert "address" not in known


async def test_probes_need_no_token(server: Server) -> None:
    async with connected(server) as client:
        check = client.channel.unary_unary("/grpc.health.v1.Health/Check", bytes, bytes)
        assert await check(b"") == b"\x08\x01"


async def test_a_server_of_this_machine_that_asks_nobody_lets_everybody_do_everything() -> None:
    async with running_server() as server:
        for method in PERMISSIONS:
            error = await outcome(server, method, ())
            assert error is None or error.reason not in {"UNAUTHENTICATED", "PERMISSION_DENIED"}


def test_the_clock_of_the_tests_is_past_the_expired_token() -> None:
    assert datetime.now(UTC).year > 2020


def test_what_changes_stock_plans_rules_or_the_network_is_audited() -> None:
    looking = {
        # Holds are in the log of calls: with their plan, and whose call it was.
        "/allocation.v1.AllocationService/Allocate",
        "/allocation.v1.AllocationService/AllocateBatch",
        "/allocation.v1.AllocationService/Quote",
        "/allocation.v1.RuleService/ValidateRules",
        "/allocation.v1.RuleService/TryRules",
    }
    changing = {method for method, roles in PERMISSIONS.items() if Role.READ not in roles}
    # An audit repairs levels only when it is told to, and is always written down.
    assert changing - looking == AUDITED


async def test_what_somebody_sends_who_may_not_call_is_not_even_read(server: Server) -> None:
    async with connected(server) as client:
        channel: Any = client.channel
        put = channel.unary_unary("/routing.v1.NetworkService/PutItems")
        seen = []
        for token in (UNKNOWN, TOKENS[Role.CHECKOUT], TOKENS[Role.ADMIN]):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await put(b"no message at all", metadata=bearer(token), timeout=30)
            seen.append(caught.value.code().name)
    assert seen == ["UNAUTHENTICATED", "PERMISSION_DENIED", "INVALID_ARGUMENT"]

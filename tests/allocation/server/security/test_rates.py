from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.errors import RateLimitedError
from allocation.server.in_process import running_server
from allocation.server.security.rates import RateLimiter
from allocation.server.security.settings import SecuritySettings
from allocation.server.security.tokens import digest_of
from allocation.server.settings import ServerSettings
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.samples import connected, error_of


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def may(rates: RateLimiter, client: str) -> bool:
    try:
        rates.take(client)
    except RateLimitedError:
        return False
    return True


def test_a_burst_of_n_admits_exactly_n_and_then_one_per_interval() -> None:
    clock = Clock()
    rates = RateLimiter(4.0, 3, clock)
    assert [may(rates, "a") for _ in range(4)] == [True, True, True, False]
    clock.seconds += 0.25
    assert [may(rates, "a") for _ in range(2)] == [True, False]
    clock.seconds += 100
    assert [may(rates, "a") for _ in range(4)] == [True, True, True, False]


def test_one_client_does_not_use_up_the_calls_of_another() -> None:
    rates = RateLimiter(1.0, 1, Clock())
    assert may(rates, "a")
    assert not may(rates, "a")
    assert may(rates, "b")


def test_the_wait_told_is_just_long_enough() -> None:
    clock = Clock()
    rates = RateLimiter(3.0, 1, clock)
    rates.take("a")
    with pytest.raises(RateLimitedError) as caught:
        rates.take("a")
    clock.seconds += caught.value.wait_s * 0.99
    assert not may(rates, "a")
    clock.seconds += caught.value.wait_s * 0.02
    assert may(rates, "a")


@given(st.lists(st.floats(0, 2), max_size=80))
def test_no_stretch_of_time_has_more_calls_than_rate_and_burst_allow(pauses: list[float]) -> None:
    clock = Clock()
    rates = RateLimiter(2.0, 5, clock)
    admitted = []
    for pause in pauses:
        clock.seconds += pause
        if may(rates, "a"):
            admitted.append(clock.seconds)
    for first in range(len(admitted)):
        for last in range(first, len(admitted)):
            stretch = admitted[last] - admitted[first]
            assert last - first + 1 <= 5 + 2.0 * stretch + 1e-6


def test_no_rate_is_no_limit() -> None:
    rates = RateLimiter(0.0, 1, Clock())
    assert all(may(rates, "a") for _ in range(100))


def test_clients_seen_long_ago_are_forgotten() -> None:
    rates = RateLimiter(1.0, 1, Clock())
    for number in range(10_002):
        assert may(rates, str(number))
    assert may(rates, "0")
    assert not may(rates, "10001")


async def test_a_client_that_calls_too_often_is_told_when_to_come_back() -> None:
    security = SecuritySettings(rate_per_s=0.5, rate_burst=2)
    async with (
        running_server(ServerSettings(port=0, security=security)) as server,
        connected(server) as client,
    ):
        ask = net.ListItemsRequest()
        await client.network.ListItems(ask)
        await client.network.ListItems(ask)
        error = await error_of(client.network.ListItems(ask))
        assert (error.code, error.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "RATE_LIMITED")
        assert error.retry_ms is not None
        assert 0 < error.retry_ms <= 2_000
        # Probes are nobody's calls.
        check: Any = client.channel.unary_unary("/grpc.health.v1.Health/Check")
        assert await check(b"")


async def test_whoever_tries_tokens_is_a_client_as_well_and_no_caller_suffers(
    tmp_path: Path,
) -> None:
    principals = tmp_path / "principals.toml"
    principals.write_text(
        f'[[principal]]\nname = "shop"\nroles = ["checkout"]\ntoken_sha256 = "{digest_of("t")}"',
        encoding="utf-8",
    )
    security = SecuritySettings(principals_file=principals, rate_per_s=0.001, rate_burst=3)
    async with (
        running_server(ServerSettings(port=0, security=security)) as server,
        connected(server) as client,
    ):
        ask, seen = net.ListItemsRequest(), []
        for guess in range(5):
            metadata = (("authorization", f"Bearer {guess}"),)
            seen.append((await error_of(client.network.ListItems(ask, metadata=metadata))).reason)
        assert seen == ["UNAUTHENTICATED"] * 3 + ["RATE_LIMITED"] * 2
        shop = (("authorization", "Bearer t"),)
        await client.network.ListItems(ask, metadata=shop)
        # What it may not do counts, too.
        for expected in ("PERMISSION_DENIED", "PERMISSION_DENIED", "RATE_LIMITED"):
            refused = await error_of(client.network.PutItems(net.PutItemsRequest(), metadata=shop))
            assert refused.reason == expected

"""The client over real sockets: retries that are safe, deadlines, tokens, TLS, errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest

from allocation.client import (
    AuthenticationError,
    Client,
    Connection,
    InvalidRequestError,
    NotFoundError,
    OverloadedError,
    PermissionDeniedError,
    Retries,
    ServiceError,
    TimeoutExceededError,
    UnavailableError,
)
from allocation.server.environment import Environment
from allocation.server.in_process import server_in_thread
from allocation.server.security.settings import SecuritySettings
from allocation.server.security.tokens import digest_of
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, stock_service_pb2
from tests.allocation.client.proxy import proxied
from tests.allocation.server.planners import GatedPlanner
from tests.allocation.server.samples import allocate_request, network_messages
from tests.allocation.server.security.certificates import Authority


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with server_in_thread() as server:
        with Client(Connection(server.address), timeout_s=30) as client:
            fill(client)
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(Connection(server.address), timeout_s=30) as client:
        yield client


def fill(client: Client) -> None:
    locations, items = network_messages()
    client.network.PutLocations(locations, timeout=30)
    client.network.PutItems(items, timeout=30)
    rows = [
        stock_service_pb2.LevelRow(inventory_item_id=item, location_id=place)
        for item in ("mug", "tea")
        for place in ("reno", "dallas", "newark")
    ]
    for row in rows:
        row.quantity.value = "1000"
    header = stock_service_pb2.FeedHeader(kind=stock_service_pb2.FEED_KIND_DELTA)
    header.observed_time.FromDatetime(datetime.now(UTC))
    answer = client.stock.set_levels(header, rows)
    assert (answer.accepted_rows, answer.refused_rows) == (6, 0)


def hold() -> pb.AllocateRequest:
    request = allocate_request()
    request.ClearField("inline_stock")
    request.mode = pb.ALLOCATE_MODE_HOLD
    return request


def held_of_mugs(client: Client) -> int:
    request = stock_service_pb2.GetAvailabilityRequest(inventory_item_ids=["mug"])
    levels = client.stock.get_availability(request).levels
    return sum(int(each.held.value or 0) for each in levels)


def test_a_hold_goes_through_its_life(client: Client) -> None:
    answer = client.allocation.allocate(hold())
    plan_id = answer.plan.id
    committed = client.allocation.commit_plan(pb.CommitPlanRequest(plan_id=plan_id)).plan
    assert committed.state == plan_pb2.PLAN_STATE_COMMITTED
    assert client.allocation.get_plan(pb.GetPlanRequest(plan_id=plan_id)).plan.id == plan_id
    fulfilled = client.allocation.fulfill_plan(pb.FulfillPlanRequest(plan_id=plan_id)).plan
    assert fulfilled.state == plan_pb2.PLAN_STATE_FULFILLED


def test_a_lost_answer_is_asked_for_again_and_nothing_is_held_twice(server: Server) -> None:
    with (
        proxied(server.port) as proxy,
        Client(Connection(f"127.0.0.1:{proxy.port}"), timeout_s=30) as client,
    ):
        before = held_of_mugs(client)
        proxy.lose_answers(1)
        answer = client.allocation.allocate(hold())
        assert proxy.lost == 1
        assert answer.replayed
        assert held_of_mugs(client) - before == 2


def test_requests_of_the_caller_stay_as_they_are_and_plans_keep_their_id(client: Client) -> None:
    request = hold()
    first, second = client.allocation.allocate(request), client.allocation.allocate(request)
    assert request.request_id == ""
    assert first.plan.id != second.plan.id
    plain = allocate_request()
    plain.order.placed_time.FromDatetime(datetime(2026, 11, 2, 15, tzinfo=UTC))
    request_ids = {client.allocation.allocate(plain).plan.order_id for _ in range(2)}
    assert request_ids == {"order-1"}


def test_refusals_are_typed_and_not_repeated(client: Client) -> None:
    broken = allocate_request()
    broken.order.lines[0].quantity.value = "-1"
    with pytest.raises(InvalidRequestError) as caught:
        client.allocation.allocate(broken)
    assert caught.value.reason == "INVALID_REQUEST"
    assert set(caught.value.violations) == {"order.lines[0].quantity"}
    unknown = allocate_request()
    unknown.order.lines[0].inventory_item_id = "ghost"
    with pytest.raises(NotFoundError) as missing:
        client.allocation.allocate(unknown)
    assert missing.value.reason == "UNKNOWN_ITEM"
    assert missing.value.retry_delay_s is None


def test_an_overloaded_server_is_asked_again_until_the_deadline() -> None:
    planner = GatedPlanner()
    settings = ServerSettings(port=0, threads=1, queue=0)
    with (
        server_in_thread(settings, Environment(planner)) as server,
        Client(Connection(server.address), timeout_s=30) as client,
    ):
        locations, items = network_messages()
        client.network.PutLocations(locations, timeout=30)
        client.network.PutItems(items, timeout=30)
        running = client._channel.unary_unary(
            "/allocation.v1.AllocationService/Allocate",
            pb.AllocateRequest.SerializeToString,
            pb.AllocateResponse.FromString,
        ).future(allocate_request())
        planner.started.wait(30)
        with pytest.raises(OverloadedError) as caught:
            client.allocation.allocate(allocate_request(), timeout_s=1.0)
        assert caught.value.reason == "OVERLOADED"
        planner.release.set()
        assert running.result(30).plan.shipments
        assert client.allocation.allocate(allocate_request()).plan.shipments


def test_where_nobody_listens_it_is_tried_again_and_told() -> None:
    quick = Retries(attempts=3, first_pause_s=0.01)
    with Client(Connection("127.0.0.1:1"), timeout_s=20, retries=quick) as client:
        with pytest.raises(UnavailableError) as caught:
            client.allocation.allocate(allocate_request())
        assert caught.value.reason == ""
        with pytest.raises(TimeoutExceededError):
            client.allocation.allocate(allocate_request(), timeout_s=0)


def test_a_token_is_sent_and_read_again_when_it_is_exchanged(tmp_path: Path) -> None:
    principals, token = tmp_path / "principals.toml", tmp_path / "token"
    principals.write_text(
        "".join(
            f'[[principal]]\nname = "{name}"\nroles = ["{name}"]\n'
            f'token_sha256 = "{digest_of(f"token of {name}")}"\n'
            for name in ("checkout", "stock")
        ),
        encoding="utf-8",
    )
    settings = ServerSettings(port=0, security=SecuritySettings(principals_file=principals))
    with server_in_thread(settings) as server:
        token.write_text("token of nobody\n", encoding="utf-8")
        with Client(Connection(server.address, token_file=token), timeout_s=30) as client:
            with pytest.raises(AuthenticationError):
                client.allocation.allocate(allocate_request())
            token.write_text("token of stock\n", encoding="utf-8")
            with pytest.raises(PermissionDeniedError) as caught:
                client.allocation.allocate(allocate_request())
            assert "checkout" in caught.value.metadata["needed"]
            token.write_text("token of checkout\n", encoding="utf-8")
            with pytest.raises(ServiceError) as let_in:
                client.allocation.allocate(allocate_request())
            assert let_in.value.reason in {"NETWORK_EMPTY", "UNKNOWN_ITEM", "UNKNOWN_LOCATION"}


def test_a_token_file_that_is_not_there_is_told_before_the_first_call(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Connection("127.0.0.1:1", token_file=tmp_path / "token").open()


def test_tls_protects_the_connection_and_a_stranger_is_not_believed(tmp_path: Path) -> None:
    authority, stranger = Authority(), tmp_path / "stranger.crt"
    certificate, key = authority.issue("server").write(tmp_path, "server")
    ca = tmp_path / "ca.crt"
    ca.write_bytes(authority.certificate)
    stranger.write_bytes(Authority("another").certificate)
    security = SecuritySettings(tls_certificate_file=certificate, tls_key_file=key)
    with server_in_thread(ServerSettings(port=0, security=security)) as server:
        with Client(Connection(server.address, ca_file=ca), timeout_s=30) as client:
            fill(client)
            assert client.allocation.allocate(allocate_request()).plan.shipments
        with (
            Client(
                Connection(server.address, ca_file=stranger),
                timeout_s=20,
                retries=Retries(attempts=1),
            ) as client,
            pytest.raises(UnavailableError),
        ):
            client.allocation.allocate(allocate_request())


def test_variables_set_up_a_connection(tmp_path: Path) -> None:
    found = Connection.from_environment(
        "host:1",
        {
            "SHIPFROM_CA_FILE": "/ca",
            "SHIPFROM_TOKEN_FILE": "/token",
            "SHIPFROM_KEY_FILE": "",
            "SHIPFROM_TLS": "true",
        },
    )
    expected = Connection("host:1", ca_file=Path("/ca"), token_file=Path("/token"), tls=True)
    assert found == expected
    assert not Connection.from_environment("host:1", {}).is_encrypted


def error(code: grpc.StatusCode, reason: str = "", delay_s: float | None = None) -> ServiceError:
    return ServiceError(reason, "", code, retry_delay_s=delay_s)


@pytest.mark.parametrize(
    ("failed", "again"),
    [
        (error(grpc.StatusCode.UNAVAILABLE), True),
        (error(grpc.StatusCode.CANCELLED), True),
        (error(grpc.StatusCode.UNAVAILABLE, "LEDGER_UNAVAILABLE", 1.0), True),
        (error(grpc.StatusCode.ABORTED, "STOCK_CONFLICT", 0.05), True),
        (error(grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", 0.25), True),
        (error(grpc.StatusCode.RESOURCE_EXHAUSTED), False),
        (error(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST"), False),
        (error(grpc.StatusCode.DEADLINE_EXCEEDED), False),
        (error(grpc.StatusCode.INTERNAL, "INTERNAL"), False),
        (error(grpc.StatusCode.FAILED_PRECONDITION, "PLAN_EXPIRED"), False),
    ],
)
def test_only_what_may_succeed_is_tried_again(failed: ServiceError, again: bool) -> None:
    assert (Retries().pause_s(failed, 1) is not None) == again
    assert Retries(attempts=1).pause_s(failed, 1) is None


def test_pauses_double_up_to_the_most_and_the_servers_delay_counts_instead() -> None:
    retries = Retries(attempts=10, first_pause_s=0.1, most_pause_s=0.5)
    broken = error(grpc.StatusCode.UNAVAILABLE)
    middle = [retries.pause_s(broken, attempt, lambda: 0.5) for attempt in range(1, 6)]
    assert middle == pytest.approx([0.1, 0.2, 0.4, 0.5, 0.5])
    ends = [retries.pause_s(broken, 1, chance) for chance in (lambda: 0.0, lambda: 1.0)]
    assert ends == pytest.approx([0.075, 0.125])
    told = error(grpc.StatusCode.ABORTED, "STOCK_CONFLICT", 3.0)
    assert retries.pause_s(told, 1, lambda: 0.5) == pytest.approx(3.0)

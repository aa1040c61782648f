"""Each call leaves one entry, and nothing of its content."""

from __future__ import annotations

import json
import logging

import pytest
from grpc import aio

from allocation.server.logs import JsonFormatter
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.samples import Client, allocate_request


def entries(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [vars(record) for record in caplog.records if record.name == "allocation.server.access"]


async def test_a_call_is_logged_with_method_code_duration_and_the_callers_id(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "allocation.server.access")
    call = client.network.ListItems(net.ListItemsRequest(), metadata=(("x-request-id", "abc-1"),))
    await call
    trailers = dict(await call.trailing_metadata())
    entry = entries(caplog)[-1]
    assert entry["method"] == "/routing.v1.NetworkService/ListItems"
    assert (entry["code"], entry["reason"], entry["call_id"]) == ("OK", "", "abc-1")
    assert isinstance(entry["duration_ms"], float)
    assert trailers["x-request-id"] == "abc-1"


async def test_an_error_is_logged_with_its_reason_and_keeps_the_id(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "allocation.server.access")
    call = client.network.GetItem(
        net.GetItemRequest(id="ghost"), metadata=(("x-request-id", "abc-2"),)
    )
    with pytest.raises(aio.AioRpcError) as caught:
        await call
    trailers = dict(caught.value.trailing_metadata())
    entry = entries(caplog)[-1]
    assert (entry["code"], entry["reason"], entry["call_id"]) == (
        "NOT_FOUND",
        "UNKNOWN_ITEM",
        "abc-2",
    )
    assert trailers["x-request-id"] == "abc-2"
    assert "grpc-status-details-bin" in trailers


async def test_an_id_that_is_unfit_or_missing_is_replaced(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "allocation.server.access")
    long = "x" * 129
    await client.network.ListItems(net.ListItemsRequest(), metadata=(("x-request-id", long),))
    await client.network.ListItems(net.ListItemsRequest())
    ids = [str(entry["call_id"]) for entry in entries(caplog)[-2:]]
    assert all(0 < len(each) <= 40 for each in ids)
    assert ids[0] != ids[1]


async def test_nothing_about_the_shopper_reaches_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "allocation.server")
    request = allocate_request()
    request.order.destination.address.recipients.append("Ada Lovelace")
    request.order.destination.address.address_lines.append("12 St James's Square")
    await client.allocation.Allocate(request)
    request.order.lines[0].quantity.value = "Ada Lovelace"
    with pytest.raises(aio.AioRpcError):
        await client.allocation.Allocate(request)
    logged = "".join(str(vars(record)) for record in caplog.records)
    assert "Lovelace" not in logged
    assert "Square" not in logged
    assert "10001" not in logged


def test_an_entry_is_one_line_of_json_with_its_extras() -> None:
    record = logging.LogRecord("allocation.server", logging.INFO, "", 0, "ready", None, None)
    record.port = 50051
    line = JsonFormatter().format(record)
    entry = json.loads(line)
    assert "\n" not in line
    assert (entry["message"], entry["level"], entry["port"]) == ("ready", "INFO", 50051)
    assert entry["time"].endswith("+00:00")


def test_a_traceback_stays_within_its_line() -> None:
    error = ValueError("two\nlines")
    details = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "", 0, "internal error", None, details)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert "two\nlines" in json.loads(line)["traceback"]

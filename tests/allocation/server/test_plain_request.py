"""Most requests are read in a shorter way, and come out the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.server import request_decoder
from allocation.server.inline_network import InlineNetworks
from allocation.server.limits import RequestLimits
from allocation.server.network_state import NetworkState
from allocation.server.request_decoder import DecodedRequest, RequestDecoder
from allocation.server.rule_sets import RuleSets
from allocation.v1 import allocation_service_pb2 as pb
from routing.rules.presets import DEFAULT, preset
from tests.networks import item, network

NOW = datetime(2026, 9, 1, 15, 0, tzinfo=UTC)
STATE = NetworkState(network([item("cup"), item("silk", quantity_scale=2)]))
LIMITS = RequestLimits(lines=3)
pytestmark = pytest.mark.pure


@cache
def decoder() -> RequestDecoder:
    rules = cast("RuleSets", SimpleNamespace(find=lambda _: preset(DEFAULT)))
    return RequestDecoder(LIMITS, InlineNetworks(LIMITS), rules)


def request() -> pb.AllocateRequest:
    message = pb.AllocateRequest()
    order = message.order
    order.id, order.currency = "order-1", "USD"
    order.destination.address.region_code = "US"
    order.destination.address.postal_code = "10001"
    order.destination.residential = True
    for number, item_id in enumerate(("cup", "silk"), start=1):
        line = order.lines.add(id=f"line-{number}", inventory_item_id=item_id)
        line.quantity.value = "2"
        line.unit_price.currency_code, line.unit_price.units = "USD", 5
    return message


def read(message: pb.AllocateRequest) -> DecodedRequest | tuple[str, str]:
    try:
        return decoder().decode(message, STATE, NOW)
    except Exception as error:  # noqa: BLE001  # compared, whatever it is
        return type(error).__name__, str(error)


def hold(message: pb.AllocateRequest) -> None:
    message.mode = pb.ALLOCATE_MODE_HOLD
    message.request_id = "hold-1"
    message.hold_ttl.seconds = 60


def set_(path: str, value: Any) -> Callable[[pb.AllocateRequest], None]:
    def change(message: pb.AllocateRequest) -> None:
        target: Any = message
        *parents, last = path.split(".")
        for name in parents:
            target = target[int(name)] if name.isdigit() else getattr(target, name)
        setattr(target, last, value)

    return change


CHANGES: dict[str, Callable[[pb.AllocateRequest], None]] = {
    "held": hold,
    "held without an id": set_("mode", pb.ALLOCATE_MODE_HOLD),
    "an unknown mode": set_("mode", 77),
    "a bad request id": set_("request_id", "a\tb"),
    "a request id": set_("request_id", "x"),
    "no order id": set_("order.id", ""),
    "a long order id": set_("order.id", "x" * 129),
    "no currency": set_("order.currency", ""),
    "another currency": set_("order.currency", "EUR"),
    "no currency at all": set_("order.currency", "usd"),
    "a channel": set_("order.channel", "web"),
    "a priority": set_("order.priority", 3),
    "a pickup": set_("order.destination.pickup_location_id", "nowhere"),
    "a post office box": set_("order.destination.po_box", True),
    "no home": set_("order.destination.residential", False),
    "no such country": set_("order.destination.address.region_code", "USA"),
    "no postal code": set_("order.destination.address.postal_code", " "),
    "an unknown postal code": set_("order.destination.address.postal_code", "99999"),
    "a city": set_("order.destination.address.locality", "New York"),
    "coordinates": set_("order.destination.coordinates.latitude", 40.0),
    "nowhere on Earth": set_("order.destination.coordinates.latitude", 91.0),
    "an address line": lambda message: message.order.destination.address.address_lines.append(
        "PO Box 7"
    ),
    "no destination": lambda message: message.order.ClearField("destination"),
    "the same line twice": set_("order.lines.1.id", "line-1"),
    "more lines than allowed": lambda message: message.order.lines.extend(
        list(message.order.lines)
    ),
    "half a cup": set_("order.lines.0.quantity.value", "0.5"),
    "a quarter of silk": set_("order.lines.1.quantity.value", "0.25"),
    "an unknown item": set_("order.lines.0.inventory_item_id", "nothing"),
    "a tag": lambda message: message.order.lines[0].tags.append("gift"),
    "a price in euros": set_("order.lines.0.unit_price.currency_code", "EUR"),
    "a price below zero": set_("order.lines.0.unit_price.units", -5),
    "a huge price": set_("order.lines.0.unit_price.units", 10**10),
    "so many": set_("order.lines.0.quantity.value", "1000000"),
    "the ledger's stock": lambda message: message.ledger_stock.SetInParent(),
    "no stock sent along": lambda message: message.inline_stock.SetInParent(),
    "empty options": lambda message: message.options.SetInParent(),
    "options": set_("options.max_shipments", 1),
    "a rule set": set_("options.rule_set", "preset:medusa-default"),
    # Last, as others change what these take away.
    "without lines": lambda message: message.order.ClearField("lines"),
    "without an order": lambda message: message.ClearField("order"),
    "a baseline": set_("baseline.label", "as ever"),
}


@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=3, unique=True))
def test_a_request_is_read_the_same_in_either_way(changes):
    message = request()
    for name in sorted(changes, key=list(CHANGES).index):
        CHANGES[name](message)
    shorter = read(message)
    with patch.object(request_decoder, "plain_order", return_value=None):
        assert shorter == read(message)


def test_most_requests_are_plain_and_so_are_most_holds():
    held = request()
    hold(held)
    for message in (request(), held):
        with patch.object(request_decoder, "decode_order", side_effect=AssertionError):
            decoded = decoder().decode(message, STATE, NOW)
        assert decoded.from_ledger
        assert [line.quantity_e6 for line in decoded.request.order.lines] == [2_000_000] * 2
    assert decoded.hold_ttl is not None
    assert decoded.request.request_id == "hold-1"

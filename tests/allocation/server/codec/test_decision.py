"""A record's bytes are those that protobuf gives the message, and nothing is left out of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allocation.server.codec.decision import ENGINE_VERSION, encode_decision
from allocation.server.codec.times import encode_duration, encode_time
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import decision_pb2
from tests.networks import item, line, network, order, request, stock

PLANNED = request(
    order([line(1, "mug")]),
    replace(network([item("mug")]), version=7),
    stock(mug={"reno": 3}),
)


def asked(street: str = "", *, is_box: bool = False) -> pb.AllocateRequest:
    message = pb.AllocateRequest(request_id="r-1")
    destination = message.order.destination
    destination.po_box = is_box
    destination.address.region_code = "US"
    destination.address.postal_code = "10001"
    if street:
        destination.address.address_lines.append(street)
        destination.address.recipients.append("Ada Lovelace")
    return message


def record_of(message: pb.AllocateRequest) -> decision_pb2.DecisionRecord:
    content = encode_decision(
        message, PLANNED, from_ledger=True, shipped=b"digest", answer=b"answer"
    )
    record = decision_pb2.DecisionRecord.FromString(content)
    assert record.SerializeToString(deterministic=True) == content
    return record


def test_every_field_of_the_contract_is_written_in_the_order_of_its_number() -> None:
    record = record_of(asked())
    written = {field.name for field, _ in record.ListFields()}
    assert written == {field.name for field in decision_pb2.DecisionRecord.DESCRIPTOR.fields}
    assert record.network_version == 7
    assert record.decision_time == encode_time(PLANNED.decision_time)
    assert record.solve_budget == encode_duration(PLANNED.budget_s)
    assert (record.engine_version, record.shipped_data) == (ENGINE_VERSION, b"digest")
    assert [each.inventory_item_id for each in record.stock.items] == ["mug"]
    assert record.answer == b"answer"


def test_what_is_sent_along_and_stored_elsewhere_is_left_out() -> None:
    content = encode_decision(asked(), PLANNED, from_ledger=False)
    record = decision_pb2.DecisionRecord.FromString(content)
    assert not record.HasField("stock")
    assert not record.answer
    assert not record.shipped_data


@pytest.mark.parametrize("is_box", [False, True])
def test_an_address_without_personal_data_is_recorded_as_it_is(is_box: bool) -> None:
    assert record_of(asked(is_box=is_box)).request == asked(is_box=is_box)


@pytest.mark.parametrize(
    ("street", "is_box"), [("12 St James's Square", False), ("PO Box 1", True)]
)
def test_of_a_street_it_is_recorded_whether_it_is_a_box(street: str, is_box: bool) -> None:
    message = asked(street)
    assert record_of(message).request == asked(is_box=is_box)
    assert message == asked(street)

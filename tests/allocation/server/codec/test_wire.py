"""Parts of messages joined by hand are what protobuf writes."""

from __future__ import annotations

from google.protobuf import duration_pb2, timestamp_pb2
from google.type import decimal_pb2
from hypothesis import given
from hypothesis import strategies as st

from allocation.server.codec.times import duration_bytes, encode_duration, encode_time, time_bytes
from allocation.server.codec.wire import decimal, nested, number, tag_of, text, varint
from allocation.v1 import plan_pb2, reservation_pb2, shipment_pb2
from routing.quantity import Quantity

INT64 = st.integers(-(2**63), 2**63 - 1)


@given(INT64)
def test_a_number_is_written_as_protobuf_writes_it(value):
    content = number(tag_of(shipment_pb2.Parcel, "count"), value)
    assert content == shipment_pb2.Parcel(count=value).SerializeToString()


@given(st.sampled_from([0, 1, 127, 128, 2047, 2048, 2**14, 2**21, 2**63]))
def test_the_sizes_at_which_a_byte_more_is_needed_are_right(value):
    content = bytes(
        byte | (128 if index < len(varint(value)) - 1 else 0)
        for index, byte in enumerate(
            value >> 7 * index & 127 for index in range(len(varint(value)))
        )
    )
    assert content == varint(value)


@given(st.text(st.characters(codec="utf-8"), max_size=40).map(lambda part: part * 60))
def test_a_text_is_written_as_protobuf_writes_it(value):
    content = text(tag_of(plan_pb2.Plan, "order_id"), value)
    assert content == plan_pb2.Plan(order_id=value).SerializeToString()


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=9)))
def test_entries_that_repeat_are_kept_also_where_they_are_empty(values):
    tag = tag_of(reservation_pb2.Reservation, "serials")
    content = b"".join(nested(tag, value.encode()) for value in values)
    assert content == reservation_pb2.Reservation(serials=values).SerializeToString()


@given(st.integers(-(10**9), 10**12), st.integers(0, 6))
def test_a_decimal_is_written_as_protobuf_writes_it(increments, scale):
    quantity = Quantity(increments, scale)
    message = plan_pb2.PlanLine(quantity=decimal_pb2.Decimal(value=str(quantity)))
    tag = tag_of(plan_pb2.PlanLine, "quantity")
    assert decimal(tag, quantity) == message.SerializeToString()


@given(st.datetimes(timezones=st.timezones()).filter(lambda moment: moment.year > 1970))
def test_a_moment_is_written_as_protobuf_writes_it(moment):
    message = encode_time(moment)
    assert isinstance(message, timestamp_pb2.Timestamp)
    assert time_bytes(moment) == message.SerializeToString()


@given(st.floats(0, 10**6))
def test_a_duration_is_written_as_protobuf_writes_it(seconds):
    message = encode_duration(seconds)
    assert isinstance(message, duration_pb2.Duration)
    assert duration_bytes(seconds) == message.SerializeToString()

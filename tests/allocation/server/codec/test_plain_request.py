"""What is read from the bytes of a request is what protobuf reads, or nothing is."""

from __future__ import annotations

from google.protobuf.message import DecodeError
from google.type import decimal_pb2, money_pb2
from hypothesis import example, given
from hypothesis import strategies as st

from allocation.server.codec.decimal import parse_e6
from allocation.server.codec.money import exact_minor
from allocation.server.codec.plain_parts import plain_destination
from allocation.server.codec.plain_request import PlainRequest, read_plain
from allocation.server.codec.wire import varint
from allocation.v1 import allocation_service_pb2 as pb
from routing.v1 import order_pb2

TEXTS = st.sampled_from(
    ["", "a", "line-1", "é€😀", "x" * 127, "y" * 128, "z" * 300, "a\0b", "a\tb"]
)
PLACES = [
    order_pb2.Destination(address={"region_code": "US", "postal_code": "10001"}, residential=True),
    order_pb2.Destination(address={"region_code": "US", "postal_code": "94107"}),
    order_pb2.Destination(po_box=True),
]


def request() -> pb.AllocateRequest:
    message = pb.AllocateRequest(request_id="r-1", mode=pb.ALLOCATE_MODE_HOLD)
    message.hold_ttl.seconds = 60
    message.ledger_stock.SetInParent()
    message.order.id, message.order.currency = "order-1", "USD"
    message.order.destination.CopyFrom(PLACES[0])
    for number in (1, 2):
        line = message.order.lines.add(id=f"line-{number}", inventory_item_id=f"item-{number}")
        line.quantity.value = str(number)
        line.unit_price.CopyFrom(money_pb2.Money(currency_code="USD", units=5, nanos=990_000_000))
    return message


def check(content: bytes) -> PlainRequest | None:
    """Read bytes; whatever is read must be all that protobuf finds in them."""
    found = read_plain(content)
    if found is None:
        return None
    message = pb.AllocateRequest.FromString(content)
    assert found.message() == message
    assert {field.name for field, _ in message.ListFields()} <= {
        "request_id",
        "order",
        "ledger_stock",
        "mode",
        "hold_ttl",
    }
    assert (found.request_id, found.mode) == (message.request_id, message.mode)
    assert found.hold_ttl == (message.hold_ttl if message.HasField("hold_ttl") else None)
    order = message.order
    assert (found.order.id, found.order.currency) == (order.id, order.currency)
    assert {field.name for field, _ in order.ListFields()} <= {
        "id",
        "currency",
        "destination",
        "lines",
    }
    assert found.order.destination == plain_destination(order.destination.SerializeToString())
    assert len(found.order.lines) == len(order.lines)
    for line, of in zip(found.order.lines, order.lines, strict=True):
        assert {field.name for field, _ in of.ListFields()} <= {
            "id",
            "inventory_item_id",
            "quantity",
            "unit_price",
        }
        assert (line.id, line.item_id) == (of.id, of.inventory_item_id)
        assert line.quantity_e6 == parse_e6(of.quantity.value)
        price = of.unit_price
        assert line.price == (price.currency_code, exact_minor(price, price.currency_code))
    return found


def test_most_requests_are_read():
    found = check(request().SerializeToString())
    assert found is not None
    assert [line.quantity_e6 for line in found.order.lines] == [1_000_000, 2_000_000]
    assert found.order.lines[0].price == ("USD", 599)


@given(
    ids=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS),
    mode=st.sampled_from([0, 1, 2, 77, 200, -1]),
    place=st.sampled_from(PLACES),
    quantity=st.sampled_from(["1", "0.25", "0", "", "x", "1000001"]),
    money=st.builds(
        money_pb2.Money,
        currency_code=st.sampled_from(["USD", "JPY", "", "é"]),
        units=st.sampled_from([0, 5, -1, 10**12]),
        nanos=st.sampled_from([0, 990_000_000, 1, -10_000_000]),
    ),
    lines=st.integers(0, 4),
)
def test_any_content_is_read_as_protobuf_does(ids, mode, place, quantity, money, lines):
    message = pb.AllocateRequest(request_id=ids[0], mode=mode)
    order = message.order
    order.id, order.currency = ids[1], ids[2]
    order.destination.CopyFrom(place)
    for _ in range(lines):
        order.lines.add(
            id=ids[3],
            inventory_item_id=ids[4],
            quantity=decimal_pb2.Decimal(value=quantity),
            unit_price=money,
        )
    check(message.SerializeToString())


def test_lengths_of_two_bytes_are_read():
    message = request()
    message.order.id = "x" * 5_000
    found = check(message.SerializeToString())
    assert found is not None
    assert len(found.order.id) == 5_000


@given(st.data())
def test_bytes_that_were_tampered_with_are_read_as_protobuf_does_or_not_at_all(data):
    content = bytearray(request().SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["set", "drop", "insert", "cut", "repeat"])):
            case "set":
                content[at] = data.draw(st.integers(0, 255))
            case "drop" if len(content) > 1:
                del content[at]
            case "insert":
                content.insert(at, data.draw(st.integers(0, 255)))
            case "cut" if at:
                del content[at:]
            case _:
                content += content[: at + 1]
    check(bytes(content))


@given(st.binary(max_size=40))
def test_any_bytes_are_read_as_protobuf_does_or_not_at_all(content):
    check(content)


def nested(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


ORDER = request().order.SerializeToString()
LINE = request().order.lines[0].SerializeToString()


@given(
    st.sampled_from(
        [
            nested(2, ORDER + nested(1, b"another id")),  # the last one wins
            nested(2, nested(1, b"\xff\xfe") + ORDER),  # not UTF-8
            nested(2, nested(1, b"\xed\xa0\x80") + ORDER[9:]),  # half a surrogate pair
            nested(2, ORDER) + nested(2, ORDER),  # lines of both
            nested(2, ORDER + nested(15, b"unknown")),
            nested(2, ORDER + nested(99, b"unknown")),
            nested(2, ORDER) + varint(15 << 3) + varint(5),
            nested(2, ORDER) + varint(6 << 3) + varint(300),
            nested(2, ORDER) + nested(4, varint(1 << 3) + b"\x01"),  # unknown in an empty message
            nested(2, ORDER + nested(5, LINE + nested(1, b"other"))),
            nested(2, ORDER + nested(5, LINE + nested(20, b"unknown"))),
            nested(2, ORDER + nested(5, LINE + varint(20 << 3) + b"\x01")),
            nested(2, ORDER + b"\x2a\x82\x00" + LINE[:2]),  # a length longer than need be
            nested(2, ORDER)[:-1],
            nested(2, ORDER) + nested(7, b"\x08"),  # a duration cut short
        ]
    )
)
@example(b"")
def test_what_is_unusual_is_left_to_protobuf(content):
    assert check(content) is None


def test_messages_within_that_are_none_make_the_request_none():
    content = nested(2, nested(1, b"o") + nested(4, b"\x0a\x05") + nested(5, LINE))
    assert read_plain(content) is None
    try:
        pb.AllocateRequest.FromString(content)
    except DecodeError:
        return
    raise AssertionError

"""A plan's bytes are those that protobuf gives the message, and nothing is left out of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from allocation.cost_breakdown import CostBreakdown
from allocation.engine_api import PlanningResult
from allocation.obstacle import Conflict
from allocation.optimize.solution import ProofStatus, Rung, SolveLimit
from allocation.plan import (
    Alternative,
    AlternativeKind,
    BaselineComparison,
    Explanation,
    LinePart,
    ParcelContent,
    Plan,
    PlanBasis,
    PlanLine,
    PlannedParcel,
    PlannedShipment,
    PlanState,
    Proof,
    RateCardUse,
    Reservation,
    ShipmentKind,
    TierProof,
    TransferLeg,
    UnfilledLine,
    UnfilledReason,
)
from allocation.server.codec.answer import encode_allocation
from allocation.server.codec.cost import cost_bytes
from allocation.server.codec.plan import encode_plan, plan_bytes
from allocation.server.codec.proof import proof_bytes
from allocation.server.codec.shipment import parcel_bytes, shipment_bytes
from allocation.server.codec.stored_plan import mark_held
from allocation.v1 import cost_pb2, plan_pb2, proof_pb2, shipment_pb2
from routing.ids import (
    CarrierCode,
    CartonId,
    ItemId,
    LineId,
    LocationId,
    LotId,
    OrderId,
    RateCardId,
    ServiceCode,
)
from routing.order import ServiceLevel
from routing.quantity import Quantity
from routing.rating.transit import TransitBasis

NOON = datetime(2026, 11, 26, 12, 0, 0, 123456, tzinfo=UTC)
UNTIL = datetime(2026, 11, 26, 12, 15, 0, 123456, tzinfo=UTC)
DAY = date(2026, 11, 27)
COST = CostBreakdown((("postage", 799), ("handling:line", 0), ("rule:credit", -150)))
PARCEL = PlannedParcel(
    contents=(
        ParcelContent(LineId("line-1"), Quantity(3), ItemId("cup")),
        ParcelContent(LineId("line-2"), Quantity(25, 2)),
    ),
    weight_ug=1_500_000,
    billable_weight_ug=2_000_000,
    volume_nl=40_000,
    cost=COST,
    count=2,
    carton_id=CartonId("small"),
)
SHIPMENT = PlannedShipment(
    number=1,
    location_id=LocationId("reno"),
    carrier=CarrierCode("usps"),
    service=ServiceCode("ground-advantage"),
    service_level=ServiceLevel.EXPEDITED,
    rate_zone=4,
    rate_card_id=RateCardId("card"),
    rate_card_effective_from=date(2026, 1, 1),
    parcels=(PARCEL, replace(PARCEL, carton_id=None, count=1)),
    ship_date=DAY,
    earliest_delivery_date=DAY,
    latest_delivery_date=date(2026, 11, 30),
    distance_m=0,
    cost=COST,
    cutoff_time=NOON,
    kind=ShipmentKind.DELIVERY,
    to_location_id=LocationId("store"),
    legs=(TransferLeg(LocationId("dallas"), DAY, DAY, 120),),
    rate_card_source="a list",
    transit_basis=TransitBasis.PUBLISHED,
    on_time_percent=97,
)
ELSEWHERE = replace(
    SHIPMENT,
    number=2,
    kind=ShipmentKind.PICKUP,
    ship_date=None,
    distance_m=None,
    cutoff_time=None,
    legs=(),
    transit_basis=None,
)
PROOF = Proof(
    ProofStatus.FEASIBLE,
    1_298,
    1_200,
    Rung.EXACT_SETS,
    "sets",
    SolveLimit.TIME,
    (TierProof("cost", 1_298, 1_200),),
)
PLAN = Plan(
    id="pln_1",
    state=PlanState.PLANNED,
    order_id=OrderId("order-é"),
    currency="USD",
    shipments=(SHIPMENT, ELSEWHERE),
    lines=(
        PlanLine(
            LineId("line-1"),
            Quantity(7),
            (
                LinePart(LocationId("reno"), Quantity(3), 1),
                LinePart(LocationId("reno"), Quantity(4), 2, backordered=True),
            ),
            ItemId("mug"),
        ),
        PlanLine(LineId("line-2"), Quantity(25, 2), ()),
    ),
    reservations=(
        Reservation(LineId("line-1"), 0, ItemId("cup"), LocationId("reno"), Quantity(3)),
        Reservation(
            LineId("line-1"),
            1,
            ItemId("cup"),
            LocationId("reno"),
            Quantity(4),
            backordered=True,
            lot_id=LotId("lot"),
            serials=("a", "b"),
            expected_time=NOON,
        ),
    ),
    unfilled=(
        UnfilledLine(
            LineId("line-2"), Quantity(25, 2), UnfilledReason.NOT_IN_STOCK, "none", ("more", "")
        ),
    ),
    cost=COST,
    proof=PROOF,
    basis=PlanBasis("preset:cheapest", 3, 1 << 40, (RateCardUse(RateCardId("card"), DAY, "list"),)),
    create_time=NOON,
    expire_time=NOON,
    alternatives=(Alternative((AlternativeKind.FASTEST,), COST, (SHIPMENT,), 1, PROOF),),
    baseline=BaselineComparison("as ever", COST, 2, -5, ("dearer",)),
    explanation=Explanation(
        (), None, (), ("because",), (Conflict(LineId("line-2"), (), smallest=True),)
    ),
    warnings=("look at this", ""),
)


def on_card(card_id: RateCardId) -> tuple[str, str] | None:
    return "USPS", f"Ground {card_id}"


def is_what_protobuf_writes(content: bytes, kind: type[Message]) -> bool:
    return kind.FromString(content).SerializeToString(deterministic=True) == content


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (plan_bytes(PLAN, on_card, ("and at that",)), plan_pb2.Plan),
        (shipment_bytes(SHIPMENT, "USD", on_card), shipment_pb2.Shipment),
        (parcel_bytes(PARCEL, "USD"), shipment_pb2.Parcel),
        (cost_bytes(COST, "USD"), cost_pb2.CostBreakdown),
        (proof_bytes(PROOF, "USD"), proof_pb2.Proof),
    ],
)
def test_every_field_of_the_contract_is_written_in_the_order_of_its_number(content, kind):
    message = kind.FromString(content)
    written = {field.name for field, _ in message.ListFields()}
    # Only stored plans can say it, see `codec.stored_plan`.
    later = {"replaced_by_plan_id"}
    assert written == {field.name for field in kind.DESCRIPTOR.fields} - later
    assert is_what_protobuf_writes(content, kind)


@given(
    left_out=st.sets(
        st.sampled_from(["shipments", "lines", "reservations", "unfilled", "alternatives"])
    ),
    none=st.sets(st.sampled_from(["expire_time", "baseline", "explanation"])),
    tiers=st.booleans(),
    warned=st.booleans(),
    state=st.sampled_from(PlanState),
)
def test_whatever_a_plan_lacks_the_bytes_are_those_of_the_message(
    left_out, none, tiers, warned, state
):
    changed: dict[str, Any] = {
        "state": state,
        "proof": PROOF if tiers else replace(PROOF, tiers=()),
        "warnings": PLAN.warnings if warned else (),
        **dict.fromkeys(left_out, ()),
        **dict.fromkeys(none),
    }
    plan = replace(PLAN, **changed)
    assert is_what_protobuf_writes(plan_bytes(plan, on_card), plan_pb2.Plan)
    held = encode_plan(plan, on_card)
    mark_held(held, UNTIL)
    until = plan_bytes(plan, on_card, held_until=UNTIL)
    assert until == held.SerializeToString(deterministic=True)


def test_every_line_says_what_the_plan_does():
    message = encode_plan(PLAN, on_card)
    assert [line.line_id for line in message.lines] == ["line-1", "line-2"]
    assert [(part.quantity.value, part.backordered) for part in message.lines[0].parts] == [
        ("3", False),
        ("4", True),
    ]
    assert message.lines[0].substitute_item_id == "mug"
    assert message.reservations[1].serials == ["a", "b"]
    assert message.reservations[1].expected_time.ToDatetime(UTC) == NOON
    assert message.shipments[0].carrier_service.service == "Ground card"
    assert not message.shipments[1].HasField("carrier_service")
    assert message.shipments[0].parcels[0].contents[1].quantity.value == "0.25"
    assert message.cost.total.units == 6
    assert message.cost.total.nanos == 490_000_000


def test_the_etag_is_a_digest_of_everything_else():
    message = encode_plan(PLAN, on_card)
    given_etag = message.etag
    message.ClearField("etag")
    rest = message.SerializeToString(deterministic=True)
    assert hashlib.sha256(rest).hexdigest().startswith(given_etag)
    assert len(given_etag) == 16
    assert encode_plan(replace(PLAN, order_id=OrderId("another")), on_card).etag != given_etag


def test_an_answer_is_its_plan_and_its_times():
    answer = encode_allocation(PlanningResult(PLAN, 0.5, 0.25), on_card, ("note",), 1.5)
    message = answer.message()
    assert message.plan == encode_plan(PLAN, on_card, ("note",))
    assert (message.times.total.seconds, message.times.total.nanos) == (1, 500_000_000)
    assert message.times.solve.nanos == 250_000_000
    assert answer.is_short
    assert message.SerializeToString(deterministic=True) == answer.content

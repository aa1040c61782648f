"""Cartons on the published cards, from order to plan."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.engine import Engine
from allocation.optimize.solution import ProofStatus
from allocation.plan import Plan
from routing.carton import Carton
from routing.errors import InvalidInputError
from routing.ids import CartonId
from routing.item import Dimensions
from tests.networks import PLACES, item, kit, line, location, network, order, request, stock

ENGINE = Engine(time.monotonic)
UM_PER_IN = 25_400
EVERYWHERE = dict.fromkeys(PLACES, 99)


def inches(length: float, width: float, height: float) -> Dimensions:
    return Dimensions(*(round(side * UM_PER_IN) for side in (length, width, height)))


def carton(name: str, *inner: float, **changes: object) -> Carton:
    outer = [side + 0.25 for side in inner]
    base = Carton(CartonId(name), inches(*inner), inches(*outer), tare_ug=100_000_000)
    return replace(base, **changes)  # type: ignore[arg-type]


SMALL = carton("small", 8, 6, 4, cost_minor=40)
MEDIUM = carton("medium", 12, 10, 8, cost_minor=75)
LARGE = carton("large", 24, 18, 16, cost_minor=190)
ITEMS = [
    item("cup", dimensions=inches(4, 4, 4)),
    item("pot", 3, dimensions=inches(10, 8, 6)),
    item("lamp", 2, dimensions=inches(10, 10, 22), keep_upright=True),
    item("bike", 30, dimensions=inches(40, 8, 30), ship_alone=True),
    item("ladder", 12, dimensions=inches(60, 14, 4)),
    item("card", 1),
    kit("set", cup=2, pot=1),
]
STOCK = stock(**{each.id: EVERYWHERE for each in ITEMS if not each.is_kit})


def plan_for(*lines: object, cartons: tuple[Carton, ...] = (SMALL, MEDIUM, LARGE)) -> Plan:
    net = network(ITEMS).with_cartons(cartons)
    return ENGINE.plan(request(order(list(lines)), net, STOCK)).plan  # type: ignore[arg-type]


def cartons_of(plan: Plan) -> list[str | None]:
    return [
        each.carton_id
        for shipment in plan.shipments
        for each in shipment.parcels
        for _ in range(each.count)
    ]


def test_a_parcel_names_the_smallest_carton_that_holds_it_and_pays_for_it() -> None:
    plan = plan_for(line(1, "cup", 2))
    (parcel,) = plan.shipments[0].parcels
    assert parcel.carton_id == "small"
    assert dict(parcel.cost.terms)["packing:carton"] == 40
    assert parcel.weight_ug == 2 * 453_592_370 + 100_000_000
    assert parcel.volume_nl == SMALL.outer.volume_nl
    assert plan.proof.status is ProofStatus.OPTIMAL


def test_the_plan_without_cartons_differs_by_tare_size_and_carton_alone() -> None:
    with_cartons, without = plan_for(line(1, "cup", 2)), plan_for(line(1, "cup", 2), cartons=())
    assert cartons_of(without) == [None]
    extra = with_cartons.cost.total_minor - without.cost.total_minor
    assert extra >= 40


def test_what_does_not_fit_together_goes_into_two_cartons() -> None:
    # Two pots of 10 x 8 x 6 inches stand on edge in 12 x 10 x 8; for a third there is no room.
    assert cartons_of(plan_for(line(1, "pot", 2), cartons=(MEDIUM,))) == ["medium"]
    assert cartons_of(plan_for(line(1, "pot", 3), cartons=(MEDIUM,))) == ["medium", "medium"]


def test_a_lamp_that_must_stand_takes_the_carton_that_is_high_enough() -> None:
    low, high = carton("low", 24, 12, 12, cost_minor=10), carton("high", 12, 12, 24, cost_minor=90)
    assert cartons_of(plan_for(line(1, "lamp"), cartons=(low, high))) == ["high"]


def test_what_travels_alone_and_what_fits_nowhere_is_sent_as_it_is_with_a_word() -> None:
    plan = plan_for(line(1, "bike"), line(2, "ladder"), line(3, "cup"))
    assert sorted(map(str, cartons_of(plan))) == ["None", "None", "small"]
    (warning,) = [each for each in plan.warnings if "none of the cartons" in each]
    assert "line-2" in warning
    assert "line-1" not in warning


def test_a_kit_is_packed_as_its_components_and_still_leaves_one_location() -> None:
    plan = plan_for(line(1, "set"), cartons=(SMALL, carton("pot-box", 10, 8, 6, cost_minor=60)))
    assert len(plan.shipments) == 1
    assert sorted(map(str, cartons_of(plan))) == ["pot-box", "small"]
    held = [each.item_id for parcel in plan.shipments[0].parcels for each in parcel.contents]
    assert sorted(map(str, held)) == ["cup", "pot"]


def test_a_thing_without_a_size_goes_into_any_carton() -> None:
    assert cartons_of(plan_for(line(1, "card"))) == ["small"]


def test_a_location_that_names_a_carton_nobody_has_is_refused() -> None:
    net = network(ITEMS, [location("newark")]).with_cartons((MEDIUM,))
    place = replace(net.locations[0], carton_ids=frozenset({CartonId("medium")}))
    with pytest.raises(
        InvalidInputError, match=r"carton_ids: carton .medium. is unknown; put it first"
    ):
        net.with_locations([place]).with_cartons((SMALL,))


def test_a_location_packs_with_the_cartons_it_has() -> None:
    every = network(ITEMS, [location("newark")]).with_cartons((SMALL, LARGE))
    place = replace(every.locations[0], carton_ids=frozenset({CartonId("large")}))
    asked = order([line(1, "cup")])
    plans = [
        ENGINE.plan(request(asked, net, STOCK)).plan
        for net in (every, every.with_locations([place]))
    ]
    assert [cartons_of(plan) for plan in plans] == [["small"], ["large"]]
    assert plans[0].cost.total_minor < plans[1].cost.total_minor


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["cup", "pot", "lamp", "card", "set"]), st.integers(1, 3)),
        min_size=1,
        max_size=4,
    )
)
def test_a_further_carton_never_makes_a_plan_dearer(wanted: list[tuple[str, int]]) -> None:
    lines = [line(n, name, count) for n, (name, count) in enumerate(wanted, start=1)]
    plans = {
        names: plan_for(*lines, cartons=names)
        for size in (1, 3)
        for names in combinations((SMALL, MEDIUM, LARGE), size)
        if LARGE in names
    }
    cost = {names: plan.cost.total_minor for names, plan in plans.items()}
    assert cost[SMALL, MEDIUM, LARGE] <= cost[LARGE,]
    for plan in plans.values():
        assert plan.cost.total_minor == sum(s.cost.total_minor for s in plan.shipments)
        assert plan.proof.lower_bound_minor <= plan.cost.total_minor

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.engine import Engine
from allocation.engine_api import Baseline, BaselinePart, PlanningRequest, WrongPlanError
from allocation.errors import InvalidRequestError, NetworkEmptyError, UnknownItemError
from allocation.optimize.ladder import solve
from allocation.optimize.solution import ProofStatus
from allocation.plan import AlternativeKind, UnfilledLine, UnfilledReason
from routing.geo.coordinates import Coordinates
from routing.ids import LineId, LocationId
from routing.item import BackorderPolicy
from routing.order import Destination, ServiceLevel
from routing.sourcing.build import build_sourcing
from routing.sourcing.policy import Policy
from tests.networks import (
    E6,
    PLACES,
    item,
    kit,
    line,
    location,
    network,
    order,
    request,
    stock,
)

ENGINE = Engine(time.monotonic)
EVERYWHERE = dict.fromkeys(PLACES, 9)
ITEMS = [item("cup"), item("pot", 3), item("pan", 8), kit("set", cup=2, pot=1)]

levels_of_one_item = st.dictionaries(st.sampled_from(sorted(PLACES)), st.integers(0, 4))
some_stock = st.builds(
    lambda cup, pot, pan: stock(cup=cup, pot=pot, pan=pan),
    levels_of_one_item,
    levels_of_one_item,
    levels_of_one_item,
)
some_lines = st.lists(
    st.tuples(st.sampled_from(["cup", "pot", "pan", "set"]), st.integers(1, 3)),
    min_size=1,
    max_size=4,
).map(lambda wanted: [line(n, name, count) for n, (name, count) in enumerate(wanted, start=1)])
some_policy = st.builds(
    Policy,
    line_split=st.booleans(),
    max_shipments=st.sampled_from([None, 1, 2]),
    ship_complete=st.booleans(),
    extra_shipment_minor=st.sampled_from([0, 300]),
)


def beyond_stock(monkeypatch: pytest.MonkeyPatch) -> PlanningRequest:
    """Return a request for one cup of none, and let the optimizer believe that there are some."""
    asked = request(order([line(1, "cup", 1)]), network(ITEMS), stock(cup={"reno": 0}))
    dreamt = request(order([line(1, "cup", 1)]), network(ITEMS), stock(cup={"reno": 5}))
    other = build_sourcing(dreamt.order, dreamt.network, dreamt.stock, dreamt.policy).problem
    monkeypatch.setattr("allocation.engine.solve", lambda _, budget: solve(other, budget))
    return asked


@pytest.mark.pure
def test_a_plan_that_does_not_verify_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = beyond_stock(monkeypatch)
    with pytest.raises(WrongPlanError, match="does not verify"):
        ENGINE.plan(asked)


@pytest.mark.pure
def test_plans_are_not_verified_where_that_is_switched_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = beyond_stock(monkeypatch)
    plan = Engine(time.monotonic, check=False).plan(asked).plan
    assert plan.shipments


@settings(max_examples=150, deadline=None)
@given(some_lines, some_stock, some_policy)
def test_parts_and_unfilled_add_up_to_what_was_ordered(lines, levels, policy):
    plan = ENGINE.plan(request(order(lines), network(ITEMS), levels, policy)).plan
    unfilled = {each.line_id: each.quantity.increments for each in plan.unfilled}
    for planned, asked in zip(plan.lines, lines, strict=True):
        placed = sum(part.quantity.increments for part in planned.parts)
        assert placed + unfilled.get(planned.line_id, 0) == asked.quantity_e6 // E6


@settings(max_examples=150, deadline=None)
@given(some_lines, some_stock, some_policy)
def test_reservations_never_take_more_of_an_item_than_there_is(lines, levels, policy):
    plan = ENGINE.plan(request(order(lines), network(ITEMS), levels, policy)).plan
    taken: dict[tuple[str, str], int] = {}
    for row in plan.reservations:
        key = (row.item_id, row.location_id)
        taken[key] = taken.get(key, 0) + row.quantity.increments
    for (item_id, location_id), number in taken.items():
        assert number <= levels.levels[item_id].get(location_id, 0)


@settings(max_examples=100, deadline=None)
@given(some_lines, some_stock, some_policy)
def test_the_total_is_the_sum_of_shipments_and_penalties_and_of_its_terms(lines, levels, policy):
    plan = ENGINE.plan(request(order(lines), network(ITEMS), levels, policy)).plan
    shipments = sum(each.cost.total_minor for each in plan.shipments)
    further = max(0, len(plan.shipments) - 1) * policy.extra_shipment_minor
    assert plan.cost.total_minor == shipments + further
    for shipment in plan.shipments:
        parcels = sum(p.cost.total_minor * p.count for p in shipment.parcels)
        handling = sum(
            amount
            for name, amount in shipment.cost.terms
            if name.startswith("handling:") and name != "handling:parcel"
        )
        assert shipment.cost.total_minor == parcels + handling


@settings(max_examples=60, deadline=None)
@given(some_lines, some_stock, some_policy, st.randoms())
def test_permuting_lines_and_locations_changes_nothing(lines, levels, policy, random):
    shuffled = list(lines)
    random.shuffle(shuffled)
    places = [location(name) for name in PLACES]
    random.shuffle(places)
    first = ENGINE.plan(request(order(lines), network(ITEMS), levels, policy)).plan
    second = ENGINE.plan(request(order(shuffled), network(ITEMS, places), levels, policy)).plan
    assert first.shipments == second.shipments
    assert first.cost == second.cost
    assert sorted(map(repr, first.lines)) == sorted(map(repr, second.lines))


@settings(max_examples=60, deadline=None)
@given(some_lines, some_stock, some_policy)
def test_the_same_request_gives_the_same_plan_to_the_last_field(lines, levels, policy):
    asked = request(order(lines), network(ITEMS), levels, policy, explain=True, alternatives=3)
    assert repr(ENGINE.plan(asked).plan) == repr(ENGINE.plan(asked).plan)


def test_duplicate_items_across_lines_share_stock():
    lines = [line(1, "cup"), line(2, "cup")]
    plan = ENGINE.plan(request(order(lines), network(ITEMS), stock(cup={"reno": 1}))).plan
    assert len(plan.reservations) == 1
    assert [each.reason for each in plan.unfilled] == [UnfilledReason.NOT_IN_STOCK]


def test_a_kit_and_its_component_compete_for_the_last_unit():
    lines = [line(1, "set"), line(2, "cup")]
    levels = stock(cup={"reno": 2}, pot={"reno": 1})
    plan = ENGINE.plan(request(order(lines), network(ITEMS), levels)).plan
    assert sum(row.quantity.increments for row in plan.reservations if row.item_id == "cup") <= 2
    assert len(plan.unfilled) == 1


def test_a_kit_unit_leaves_one_location_whole():
    levels = stock(cup={"reno": 9}, pot={"dallas": 9})
    plan = ENGINE.plan(
        request(order([line(1, "set")]), network(ITEMS), levels, Policy(line_split=True))
    ).plan
    assert plan.shipments == ()


@pytest.mark.parametrize(
    ("lines", "levels", "policy", "reason"),
    [
        ([line(1, "cup", allowed_location_ids=frozenset({LocationId("x")}))], EVERYWHERE, Policy(),
         UnfilledReason.NOTHING_ELIGIBLE),
        ([line(1, "cup")], {}, Policy(), UnfilledReason.NOT_IN_STOCK),
        ([line(1, "cup", 5)], {"reno": 3, "dallas": 3}, Policy(), UnfilledReason.WHOLE_LINE),
        ([line(1, "cup", 5)], {"reno": 1, "dallas": 3}, Policy(), UnfilledReason.NOT_IN_STOCK),
        ([line(1, "cup", 5)], {"reno": 2, "dallas": 2}, Policy(line_split=True),
         UnfilledReason.NOT_IN_STOCK),
        ([line(1, "cup", 4)], {"reno": 2, "dallas": 2}, Policy(line_split=True, max_shipments=1),
         UnfilledReason.MAX_SHIPMENTS),
        ([line(1, "cup")], EVERYWHERE, Policy(unfilled_unit_minor=1),
         UnfilledReason.DEARER_THAN_PENALTY),
    ],
)  # fmt: skip
def test_every_unfilled_line_has_its_own_typed_reason(lines, levels, policy, reason):
    plan = ENGINE.plan(request(order(lines), network(ITEMS), stock(cup=levels), policy)).plan
    assert [each.reason for each in plan.unfilled] == [reason]
    assert plan.unfilled[0].detail


def test_ship_complete_ships_nothing_when_something_is_missing():
    lines = [line(1, "cup"), line(2, "pot")]
    plan = ENGINE.plan(
        request(order(lines), network(ITEMS), stock(cup=EVERYWHERE), Policy(ship_complete=True))
    ).plan
    assert plan.shipments == ()
    reasons = {str(each.line_id): each.reason for each in plan.unfilled}
    assert reasons["line-1"] is UnfilledReason.SHIP_COMPLETE
    assert reasons["line-2"] is UnfilledReason.NOT_IN_STOCK


def test_a_group_ships_together_or_not_at_all():
    lines = [line(1, "cup", group="gift"), line(2, "pot", group="gift")]
    levels = stock(cup={"reno": 1}, pot={"dallas": 1})
    plan = ENGINE.plan(request(order(lines), network(ITEMS), levels)).plan
    assert {each.reason for each in plan.unfilled} == {UnfilledReason.GROUP}


def test_what_is_too_heavy_for_every_carrier_is_not_shippable():
    plan = ENGINE.plan(
        request(order([line(1, "anvil")]), network([item("anvil", 200)]), stock(anvil=EVERYWHERE))
    ).plan
    [unfilled] = plan.unfilled
    assert unfilled.reason is UnfilledReason.NOT_SHIPPABLE
    assert "with 90,719 g, a unit is too heavy or too large" in unfilled.detail
    assert unfilled.remedies == ("a rate card that takes the weight and size of anvil",)


def test_what_no_carrier_takes_abroad_is_told_apart_from_places_that_nobody_knows():
    def of(destination: Destination) -> UnfilledLine:
        asked = order([line(1, "cup")], destination=destination)
        [unfilled] = ENGINE.plan(
            request(asked, network(ITEMS), stock(cup=EVERYWHERE))
        ).plan.unfilled
        assert unfilled.reason is UnfilledReason.NOT_SHIPPABLE
        assert "no carrier service has a price to the destination: " in unfilled.detail
        return unfilled

    berlin = of(Destination("DE", "10115", Coordinates(52.5, 13.4)))
    assert "zone scheme usps has no rate zone to country DE" in berlin.detail
    assert "a zone chart of usps with country DE" in berlin.remedies
    unknown = of(Destination("US", "8O2O2"))
    assert "a known postal code" in unknown.remedies[0]


def test_a_date_that_nobody_keeps_makes_the_promise_unreachable():
    asked = order([line(1, "cup")], deliver_by=date(2026, 11, 20))
    plan = ENGINE.plan(request(asked, network(ITEMS), stock(cup=EVERYWHERE))).plan
    assert [each.reason for each in plan.unfilled] == [UnfilledReason.PROMISE_UNREACHABLE]
    assert plan.unfilled[0].detail.endswith("no carrier service keeps the date, 2026-11-20")


def test_the_nearest_location_ships_a_small_order_and_the_plan_proves_it():
    plan = ENGINE.plan(
        request(order([line(1, "cup")]), network(ITEMS), stock(cup=EVERYWHERE), explain=True)
    ).plan
    assert [each.location_id for each in plan.shipments] == ["newark"]
    assert plan.proof.status is ProofStatus.OPTIMAL
    assert plan.proof.gap_minor == 0
    assert plan.explanation is not None
    assert plan.explanation.runner_up is not None
    assert (plan.explanation.runner_up.extra_minor or 0) > 0
    assert plan.explanation.sentences[0].startswith("line-1 (1 x cup) from Newark: ")


def test_two_locations_can_be_cheaper_than_one_far_one_and_the_split_is_taken():
    """Heavy things: 2 x 34 lb by two near parcels beat one 68 lb parcel from afar."""
    heavy = [item("left", 34), item("right", 34)]
    levels = stock(left={"newark": 1, "reno": 1}, right={"atlanta": 1, "reno": 1})
    asked = order([line(1, "left"), line(2, "right")])
    plan = ENGINE.plan(request(asked, network(heavy), levels)).plan
    one = ENGINE.plan(request(asked, network(heavy), levels, Policy(max_shipments=1))).plan
    assert len(plan.shipments) == 2
    assert len(one.shipments) == 1
    assert plan.cost.total_minor < one.cost.total_minor


def test_several_parcels_from_one_location_are_taken_where_the_card_makes_them_cheaper():
    plan = ENGINE.plan(
        request(order([line(1, "block", 2)], "94103"), network([item("block", 19)]),
                stock(block={"newark": 2}))
    ).plan  # fmt: skip
    assert sum(parcel.count for parcel in plan.shipments[0].parcels) == 2


def test_alternatives_are_not_beaten_by_the_plan_in_cost_date_and_shipments():
    levels = stock(cup={"reno": 1, "newark": 1}, pot={"atlanta": 1, "reno": 1})
    asked = order([line(1, "cup"), line(2, "pot")])
    plan = ENGINE.plan(request(asked, network(ITEMS), levels, alternatives=5)).plan

    def latest(shipments):
        return max(each.latest_delivery_date for each in shipments)

    for other in plan.alternatives:
        worse_everywhere = (
            other.cost.total_minor >= plan.cost.total_minor
            and latest(other.shipments) >= latest(plan.shipments)
            and len(other.shipments) >= len(plan.shipments)
        )
        assert not worse_everywhere


def test_alternatives_of_a_strategy_are_proven_by_their_cost():
    levels = stock(cup={"reno": 1, "dallas": 1}, pot={"newark": 1, "dallas": 1})
    asked = order([line(1, "cup"), line(2, "pot")])
    policy = Policy(objectives=("fewest_shipments", "closest", "cost"))
    plan = ENGINE.plan(request(asked, network(ITEMS), levels, policy, alternatives=5)).plan
    assert [tier.name for tier in plan.proof.tiers][1:] == ["fewest_shipments", "closest", "cost"]
    assert plan.alternatives
    for other in plan.alternatives:
        tier = other.proof.tiers[-1]
        assert (tier.name, tier.value) == ("cost", other.cost.total_minor)


def test_a_quote_offers_cheapest_fastest_and_fewest_shipments():
    levels = stock(cup={"reno": 1, "newark": 1}, pot={"atlanta": 1, "reno": 1})
    asked = order([line(1, "cup"), line(2, "pot")])
    quote = ENGINE.quote(request(asked, network(ITEMS), levels))
    kinds = [kind for option in quote.options for kind in option.kinds]
    assert set(kinds) >= {
        AlternativeKind.CHEAPEST,
        AlternativeKind.FASTEST,
        AlternativeKind.FEWEST_SHIPMENTS,
    }
    costs = [option.cost_minor for option in quote.options]
    assert costs == sorted(costs)


def test_a_baseline_is_priced_by_the_same_costs_and_never_beats_the_plan():
    levels = stock(cup=EVERYWHERE)
    choice = Baseline("backend", (BaselinePart(LineId("line-1"), LocationId("reno"), E6),))
    asked = request(order([line(1, "cup")]), network(ITEMS), levels, baseline=choice)
    compared = ENGINE.plan(asked).plan.baseline
    assert compared is not None
    assert compared.problems == ()
    assert (compared.saving_minor or 0) > 0


def test_a_baseline_that_breaks_a_rule_or_runs_short_says_why_and_has_no_price():
    choice = Baseline("backend", (BaselinePart(LineId("line-1"), LocationId("dallas"), E6),))
    asked = request(
        order([line(1, "cup")]), network(ITEMS), stock(cup={"reno": 1}), baseline=choice
    )
    compared = ENGINE.plan(asked).plan.baseline
    assert compared is not None
    assert compared.cost is None
    assert "dallas may not ship line line-1: not_stocked" in compared.problems[0]


def test_why_not_from_there_has_a_price_when_it_is_possible_at_all():
    levels = stock(cup={"newark": 1, "reno": 1})
    asked = request(
        order([line(1, "cup")]), network(ITEMS), levels, explain=True,
        ask_about=(LocationId("dallas"), LocationId("reno")),
    )  # fmt: skip
    explanation = ENGINE.plan(asked).plan.explanation
    assert explanation is not None
    forced = {each.location_id: each for each in explanation.counterfactuals if each.forced}
    assert forced[LocationId("dallas")].cost is None
    assert (forced[LocationId("reno")].extra_minor or 0) > 0


def test_a_line_that_ignores_stock_ships_and_reserves_nothing():
    unmanaged = line(1, "cup", 3, backorder_policy=BackorderPolicy.IGNORE_STOCK)
    plan = ENGINE.plan(request(order([unmanaged]), network(ITEMS), stock())).plan
    assert len(plan.shipments) == 1
    assert plan.reservations == ()


def test_the_remedy_names_what_is_missing_where_there_is_most():
    plan = ENGINE.plan(
        request(order([line(1, "cup", 9)]), network(ITEMS), stock(cup={"reno": 4, "dallas": 1}))
    ).plan
    assert plan.unfilled[0].remedies == ("5 more of cup at an eligible location",)


def test_unknown_items_an_empty_network_and_pickup_are_typed_errors():
    net, levels = network(ITEMS), stock(cup=EVERYWHERE)
    with pytest.raises(UnknownItemError, match="nothing-like-it"):
        ENGINE.plan(request(order([line(1, "nothing-like-it")]), net, levels))
    with pytest.raises(NetworkEmptyError):
        ENGINE.plan(request(order([line(1, "cup")]), network(ITEMS, []), levels))
    pickup = order([line(1, "cup")], service_level=ServiceLevel.PICKUP)
    with pytest.raises(InvalidRequestError, match="where the order is collected"):
        ENGINE.plan(request(pickup, net, levels))


@settings(max_examples=60, deadline=None)
@given(some_lines, some_stock, some_policy)
def test_more_stock_never_makes_a_plan_worse(lines, levels, policy):
    richer = replace(
        levels,
        levels={
            item_id: {place: number + 2 for place, number in places.items()}
            for item_id, places in levels.levels.items()
        },
    )
    net = network(ITEMS)
    before = ENGINE.plan(request(order(lines), net, levels, policy)).plan
    after = ENGINE.plan(request(order(lines), net, richer, policy)).plan
    assert _badness(after) <= _badness(before)


def _badness(plan) -> tuple[Fraction, int]:
    missing = sum(
        (Fraction(each.quantity.increments, 10**each.quantity.scale) for each in plan.unfilled),
        start=Fraction(0),
    )
    return missing, plan.cost.total_minor

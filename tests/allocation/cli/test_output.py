"""Plans are told with their numbers, and the numbers are the plan's."""

from __future__ import annotations

from allocation.cli.friendly import read_message
from allocation.cli.output.sentences import plan_sentences
from allocation.cli.output.words import Words, cost_words, proof_words
from allocation.v1.cost_pb2 import CostBreakdown
from allocation.v1.plan_pb2 import Plan
from allocation.v1.proof_pb2 import Proof
from routing.v1.order_pb2 import Order

ORDER = read_message(
    {
        "id": "1001",
        "lines": [
            {"id": "LINE-1", "sku": "MUG", "quantity": 1},
            {"id": "LINE-2", "sku": "SKU-88", "quantity": 6},
            {"id": "LINE-3", "components": [{"inventory_item_id": "a"}], "quantity": 1},
        ],
    },
    Order,
)
PLAN = {
    "order_id": "1001",
    "shipments": [
        {
            "number": 1,
            "location_id": "dal",
            "carrier_service": {"carrier": "usps", "service": "ground-advantage"},
            "rate_zone": 4,
            "parcels": [{"count": 2}, {"count": 1}],
            "distance_m": 811_600,
            "earliest_delivery_date": "2026-11-05",
            "latest_delivery_date": "2026-11-07",
            "cost": {
                "total": "7.10 USD",
                "terms": [
                    {"name": "postage", "amount": "5.20 USD"},
                    {"name": "surcharge:fuel", "amount": "0.40 USD"},
                    {"name": "handling:shipment", "amount": "1.25 USD"},
                    {"name": "handling:unit", "amount": "0.25 USD"},
                    {"name": "penalty:split", "amount": "0 USD"},
                ],
            },
        }
    ],
    "lines": [
        {"line_id": "LINE-1", "parts": [{"quantity": 1, "shipment_number": 1}]},
        {"line_id": "LINE-2", "parts": [{"quantity": 4, "shipment_number": 1}]},
    ],
    "unfilled": [
        {
            "line_id": "LINE-2",
            "quantity": 2,
            "reason": "not_in_stock",
            "detail": "4 of 6 are in stock",
            "remedies": ["2 more of SKU-88"],
        }
    ],
    "cost": {"total": "7.10 USD"},
    "proof": {"status": "optimal", "solver": "subset-dp"},
    "explanation": {
        "runner_up": {
            "condition": "without dal",
            "location_id": "dal",
            "cost": {"total": "9.85 USD"},
            "extra_cost": "2.75 USD",
        }
    },
    "baseline": {"label": "nearest", "cost": {"total": "8.00 USD"}, "saving": "0.90 USD"},
    "warnings": ["no weight for MUG"],
}


def sentences(**changes: object) -> list[str]:
    plan = read_message(PLAN | changes, Plan)
    return list(plan_sentences(plan, Words.of(ORDER, {"dal": "Dallas"})))


def test_a_plan_is_told_in_sentences() -> None:
    assert sentences() == [
        "1001: 1 shipment, 7.10 USD; proven: no allowed plan costs less (subset-dp)",
        (
            "  LINE-1 (1 x MUG) and LINE-2 (4 x SKU-88) from Dallas: 7.10 = postage 5.20 + "
            "surcharge 0.40 + handling 1.50; usps ground-advantage, zone 4, 3 parcels, 812 km, "
            "arrives 2026-11-05 to 2026-11-07"
        ),
        "  LINE-2 (2 x SKU-88): 4 of 6 are in stock; it would take: 2 more of SKU-88",
        "  runner-up without Dallas: 9.85 (+2.75)",
        "  nearest would cost 8.00: the plan saves 0.90",
        "  note: no weight for MUG",
    ]


def test_a_location_without_a_name_is_told_by_its_id() -> None:
    plan = read_message(PLAN, Plan)
    told = list(plan_sentences(plan, Words.of(ORDER, {})))
    assert "from dal:" in told[1]


def test_a_plan_that_ships_nothing_says_so() -> None:
    told = sentences(shipments=[], lines=[], cost={"total": "0 USD"})
    assert told[0].startswith("1001: nothing ships, 0.00 USD;")


def test_an_unknown_distance_is_never_shown_as_zero() -> None:
    shipment = {key: value for key, value in PLAN["shipments"][0].items() if key != "distance_m"}  # type: ignore[index]
    assert "distance unknown" in sentences(shipments=[shipment])[1]
    assert ", 0 km," in sentences(shipments=[shipment | {"distance_m": 0}])[1]


def test_a_baseline_that_has_no_price_says_why() -> None:
    told = sentences(baseline={"label": "nearest", "problems": ["dal has 1, not 2"]})
    assert "  nearest cannot be priced: dal has 1, not 2" in told


def test_an_unproven_plan_says_how_far_it_may_be_off() -> None:
    proof = {
        "status": "feasible",
        "gap": "0.40 USD",
        "gap_ppm": 21_000,
        "solver": "greedy",
        "limit": "time",
    }
    assert proof_words(read_message(proof, Proof)) == (
        "not proven: at most 0.40 (2.10 %) above the cheapest allowed plan (greedy); "
        "limited by time"
    )


def test_a_credit_is_subtracted_not_added() -> None:
    cost = {
        "total": "4.00 USD",
        "terms": [
            {"name": "postage", "amount": "5.00 USD"},
            {"name": "prefer:local", "amount": "-1.00 USD"},
        ],
    }
    assert cost_words(read_message(cost, CostBreakdown)) == "4.00 = postage 5.00 - prefer 1.00"


def test_a_kit_given_by_components_is_named_by_them() -> None:
    assert Words.of(ORDER, {}).line("LINE-3", "1") == "LINE-3 (1 x a)"


def test_a_line_that_nobody_can_name_is_told_by_its_id_alone() -> None:
    assert Words({}, {}).line("LINE-2", "4") == "LINE-2 (4)"


def test_what_is_proven_of_a_strategy_names_what_comes_before_the_cost() -> None:
    names = ("unfilled", "fewest_shipments", "closest", "cost")
    tiers = [{"name": name, "value": 1, "lower_bound": 1} for name in names]
    proof = read_message({"status": "optimal", "solver": "s", "tiers": tiers}, Proof)
    assert proof_words(proof) == (
        "proven: no allowed plan is better by fewest_shipments, then closest, then cost (s)"
    )
    only_cost = read_message({"status": "optimal", "tiers": [tiers[0], tiers[3]]}, Proof)
    assert proof_words(only_cost) == "proven: no allowed plan costs less"

"""Numbers at their limits: planned exactly or refused, never overflowing."""

from __future__ import annotations

import pytest

from allocation.server.codec.item import MOST_WEIGHT_G
from allocation.server.order_size import MOST_WEIGHT_UG, dearest_parcel
from routing.rating.card_book import CardBook
from routing.rating.load import shipped_cards
from routing.rating.surcharge import surcharge_terms
from tests.allocation.server.samples import Client, allocate_request, error_of, usd


@pytest.mark.parametrize(
    ("weight_g", "quantity", "fits"),
    [
        (str(MOST_WEIGHT_G), "100000", True),
        (str(MOST_WEIGHT_G), "100001", False),
        ("1000000", "1000000", True),
        ("1000001", "1000000", False),
    ],
)
async def test_an_order_weighs_at_most_a_million_tonnes(
    client: Client, weight_g: str, quantity: str, *, fits: bool
) -> None:
    request = allocate_request({"mug": quantity})
    request.order.lines[0].weight_g.value = weight_g
    request.options.solve_budget.nanos = 50_000_000
    if fits:
        plan = (await client.allocation.Allocate(request)).plan
        assert plan.unfilled[0].quantity.value == quantity
    else:
        error = await error_of(client.allocation.Allocate(request))
        assert str(MOST_WEIGHT_UG) in error.violations["order.lines"]


@pytest.mark.parametrize(
    "penalty",
    ["extra_shipment_penalty", "unfilled_unit_penalty", "late_day_penalty"],
)
async def test_penalties_that_could_overflow_are_refused(client: Client, penalty: str) -> None:
    request = allocate_request({"mug": "1000000"})
    request.options.solve_budget.nanos = 50_000_000
    getattr(request.options, penalty).CopyFrom(usd(10**10))
    error = await error_of(client.allocation.Allocate(request))
    assert "possible cost" in error.violations["order.lines"]
    request.order.lines[0].quantity.value = "1"
    if penalty != "late_day_penalty":
        assert (await client.allocation.Allocate(request)).plan.lines


async def test_many_huge_prices_are_refused_together(client: Client) -> None:
    request = allocate_request({"mug": "1000"})
    request.order.lines[0].unit_price.CopyFrom(usd(10**10))
    for number in range(99):
        line = request.order.lines.add(id=f"more-{number}", inventory_item_id="tea")
        line.quantity.value = "1000"
        line.unit_price.CopyFrom(usd(10**10))
    assert (await client.allocation.Allocate(request)).plan.lines
    request.order.lines[0].quantity.value = "1001"
    error = await error_of(client.allocation.Allocate(request))
    assert "of value" in error.violations["order.lines"]


def test_no_parcel_is_dearer_than_the_dearest() -> None:
    cards = shipped_cards()
    bound = dearest_parcel(CardBook(cards))
    for card in cards:
        for zone in card.rates:
            for step in zone.steps:
                terms = surcharge_terms(card.surcharges, step.price_minor, step.max_weight_ug)
                assert step.price_minor + sum(amount for _, amount in terms) <= bound

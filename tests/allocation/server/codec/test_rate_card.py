"""Rate cards: exact limits, all problems, and the shipped ones say what they are."""

from __future__ import annotations

import pytest
from google.protobuf import text_format

from allocation.server.codec.findings import Findings
from allocation.server.codec.rate_card import decode_rate_card
from allocation.server.codec.shipped_card import encode_shipped_card
from routing.rating.load import shipped_cards
from routing.rating.rate_card import Pricing, RateCard
from routing.rating.surcharge import PercentOf, SurchargeKind
from routing.v1 import rate_card_pb2

HEAD = """
    id: "ups" carrier: "UPS" service: "Ground Saver" currency: "USD" zone_scheme: "USPS"
    effective_from { year: 2026 month: 1 day: 1 }
"""
STEP = """
    steps { rate_zone: 1 max_weight_lb { value: "70" }
            price { currency_code: "USD" units: 9 nanos: 990000000 } }
"""


def decode(text: str) -> tuple[RateCard | None, Findings]:
    findings = Findings()
    message = text_format.Parse(text, rate_card_pb2.RateCard())
    return decode_rate_card(message, "rate_cards[0]", findings), findings


def test_a_limit_in_pounds_is_the_greatest_weight_within_it() -> None:
    card, findings = decode(HEAD + STEP)
    assert not findings.violations
    assert card is not None
    assert (card.carrier, card.service) == ("ups", "ground-saver")
    assert card.zone_scheme == "usps"
    assert card.pricing is Pricing.CONTRACT
    assert card.max_weight_ug == 70 * 453_592_370
    assert card.rates[0].steps[0].price_minor == 999


def test_limits_and_surcharges_are_read() -> None:
    card, findings = decode(
        HEAD
        + STEP
        + """
        pricing: "Retail" dim_divisor_in3_per_lb: 139 dim_threshold_in3: 1728
        max_weight_lb { value: "50" } max_length_in { value: "27.5" }
        max_length_plus_girth_in { value: "108" }
        surcharges { name: "fuel" kind: SURCHARGE_KIND_PERCENT basis_points: 1850 }
        surcharges {
          name: "home" kind: SURCHARGE_KIND_FLAT residential_only: true
          amount { currency_code: "USD" units: 5 } min_rate_zone: 2 max_rate_zone: 5
          over_weight_lb { value: "3" } max_weight_lb { value: "10" }
        }
        """
    )
    assert not findings.violations
    assert card is not None
    assert card.pricing is Pricing.RETAIL
    assert card.max_weight_ug == 50 * 453_592_370
    assert card.max_length_um == 698_500
    assert card.dim_threshold_nl == 1_728 * 16_387_064
    fuel, home = card.surcharges
    assert (fuel.kind, fuel.amount, fuel.percent_of) == (
        SurchargeKind.PERCENT,
        1_850,
        PercentOf.BASE_AND_FLATS,
    )
    assert (home.amount, home.residential, home.zone_from, home.zone_to) == (500, True, 2, 5)
    assert (home.weight_over_ug, home.weight_up_to_ug) == (3 * 453_592_370, 10 * 453_592_370)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (
            "",
            [
                "id",
                "currency",
                "carrier",
                "service",
                "effective_from",
                "zone_scheme",
                "steps",
            ],
        ),
        (HEAD, ["steps"]),
        (
            HEAD + STEP + "steps { rate_zone: -1 } steps { rate_zone: 1000 }",
            [
                "steps[1].rate_zone",
                "steps[1]",
                "steps[1].price",
                "steps[2].rate_zone",
                "steps[2]",
                "steps[2].price",
            ],
        ),
        (
            HEAD
            + 'steps { rate_zone: 1 max_weight_g { value: "1" } max_weight_lb { value: "1" } '
            + 'price { currency_code: "EUR" units: 1 } }',
            ["steps[0]", "steps[0].price.currency_code"],
        ),
        (HEAD + STEP + STEP, ["steps[zone 1]"]),
        (HEAD + STEP + 'pricing: "cheap"', ["pricing"]),
        (HEAD + STEP + "dim_divisor_in3_per_lb: 1", ["dim_divisor_in3_per_lb"]),
        (HEAD + STEP + 'max_weight_lb { value: "71" }', ["max_weight_lb"]),
        (
            HEAD + STEP + 'surcharges { name: "x" } surcharges { name: "y" kind: 9 }',
            ["surcharges[0].kind", "surcharges[1].kind"],
        ),
        (
            HEAD + STEP + 'surcharges { name: "x" kind: SURCHARGE_KIND_FLAT }',
            ["surcharges[0].amount"],
        ),
    ],
)
def test_every_problem_is_named_by_its_field(text: str, paths: list[str]) -> None:
    card, findings = decode(text)
    assert card is None
    found = [each.path.removeprefix("rate_cards[0].") for each in findings.violations]
    assert found == paths


@pytest.mark.parametrize("card", shipped_cards(), ids=lambda card: str(card.id))
def test_a_shipped_card_reads_back_with_the_same_prices(card: RateCard) -> None:
    findings = Findings()
    again = decode_rate_card(encode_shipped_card(card), "rate_cards[0]", findings)
    assert not findings.violations
    assert again is not None
    assert again.rates == card.rates
    assert again.max_weight_ug == card.max_weight_ug
    assert again.dimensional == card.dimensional
    assert again.max_length_um == card.max_length_um
    assert again.max_length_plus_girth_um == card.max_length_plus_girth_um
    assert (again.effective_from, again.effective_to) == (card.effective_from, card.effective_to)
    for one, other in zip(again.surcharges, card.surcharges, strict=True):
        assert (one.name, one.kind, one.amount) == (other.name, other.kind, other.amount)
        assert (one.weight_over_ug, one.weight_up_to_ug) == (
            other.weight_over_ug,
            other.weight_up_to_ug,
        )
        assert (one.residential, one.zone_from, one.zone_to) == (
            other.residential,
            other.zone_from,
            other.zone_to,
        )

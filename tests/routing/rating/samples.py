"""Small rate cards and random tariffs for the tests of rating."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from routing.ids import CarrierCode, RateCardId, ServiceCode
from routing.rating.load import shipped_cards
from routing.rating.rate_card import Pricing, RateCard
from routing.rating.rate_steps import RateStep, ZoneRates
from routing.rating.surcharge import PercentOf, Surcharge, SurchargeKind
from routing.rating.zones import RateZone

START = date(2026, 1, 1)


def zone_rates(number: int, *steps: tuple[int, int]) -> ZoneRates:
    """Return a rate zone from (limit, price) pairs."""
    return ZoneRates(RateZone(number), tuple(RateStep(*step) for step in steps))


def make_card(**changes: object) -> RateCard:
    """Return a card of one zone and two steps, with `changes` to its fields."""
    fields: dict[str, object] = {
        "id": RateCardId("a"),
        "carrier": CarrierCode("c"),
        "service": ServiceCode("s"),
        "service_name": "S",
        "pricing": Pricing.LIST,
        "currency": "USD",
        "effective_from": START,
        "effective_to": date(2026, 12, 31),
        "source": "here",
        "zone_scheme": "z",
        "rates": (zone_rates(1, (10, 100), (20, 150)),),
        "max_weight_ug": 20,
    }
    return RateCard(**{**fields, **changes})  # type: ignore[arg-type]


def shipped_card(start_of_id: str) -> RateCard:
    """Return the shipped card whose id starts so."""
    (card,) = (card for card in shipped_cards() if card.id.startswith(start_of_id))
    return card


def step_tables(most: int = 6) -> st.SearchStrategy[tuple[list[int], list[int]]]:
    """Return small (limits, prices): limits strictly increasing, prices in any order."""
    return st.lists(
        st.tuples(st.integers(1, 24), st.integers(0, 60)),
        min_size=1,
        max_size=most,
        unique_by=lambda step: step[0],
    ).map(lambda steps: ([s[0] for s in sorted(steps)], [s[1] for s in sorted(steps)]))


@st.composite
def cards(draw: st.DrawFn) -> RateCard:
    """Return cards of one zone with surcharges of every kind."""
    limits, prices = draw(step_tables())
    steps = list(zip(limits, sorted(prices), strict=True))
    weights = st.one_of(st.none(), st.integers(0, 12))
    surcharges = tuple(
        Surcharge(
            name=f"s{index}",
            kind=draw(st.sampled_from(SurchargeKind)),
            amount=draw(st.integers(0, 5_000)),
            percent_of=draw(st.sampled_from(PercentOf)),
            residential=draw(st.sampled_from((None, True, False))),
            weight_over_ug=draw(weights),
            weight_up_to_ug=draw(st.one_of(st.none(), st.integers(13, 30))),
            effective_to=draw(st.sampled_from((None, date(2025, 1, 1)))),
        )
        for index in range(draw(st.integers(0, 4)))
    )
    return make_card(
        rates=(zone_rates(1, *steps),), max_weight_ug=limits[-1], surcharges=surcharges
    )

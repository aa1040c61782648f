from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from routing.errors import InvalidInputError
from routing.ids import CarrierCode, RateCardId, ServiceCode
from routing.rating.card_book import CardBook
from routing.rating.load import shipped_cards
from routing.rating.rate_card import Pricing, RateCard

FEDEX, GROUND = CarrierCode("fedex"), ServiceCode("ground")


def dated(card_id: str, start: date, end: date | None, pricing: Pricing = Pricing.LIST) -> RateCard:
    return replace(
        shipped_cards()[1],
        id=RateCardId(card_id),
        effective_from=start,
        effective_to=end,
        pricing=pricing,
        surcharges=(),
    )


def test_the_shipped_cards_make_a_book() -> None:
    book = CardBook(shipped_cards())
    days = (date(2025, 1, 5), date(2026, 1, 4), date(2026, 1, 5))
    found = [[card.id for card in book.in_force(FEDEX, GROUND, day)] for day in days]
    assert found == [[], ["fedex-ground-list-2025-01-06"], ["fedex-ground-retail-2026-01-05"]]


def test_two_cards_of_one_service_and_pricing_may_meet_but_not_overlap() -> None:
    first = dated("first", date(2026, 1, 1), date(2026, 6, 30))
    CardBook((dated("second", date(2026, 7, 1), None), first))
    with pytest.raises(InvalidInputError) as caught:
        CardBook((dated("second", date(2026, 6, 30), None), first))
    (problem,) = caught.value.violations
    assert "first" in str(problem)
    assert "second" in str(problem)


def test_a_card_without_end_overlaps_everything_after_it() -> None:
    open_end = dated("open", date(2026, 1, 1), None)
    later = [dated(f"later-{year}", date(year, 1, 1), date(year, 1, 2)) for year in (2030, 2040)]
    with pytest.raises(InvalidInputError) as caught:
        CardBook((open_end, *later))
    assert len(caught.value.violations) == 2


def test_other_pricings_of_a_service_are_in_force_side_by_side() -> None:
    start = date(2026, 1, 1)
    book = CardBook((dated("l", start, None), dated("c", start, None, Pricing.COMMERCIAL)))
    assert [card.id for card in book.in_force(FEDEX, GROUND, start)] == ["c", "l"]


def test_an_id_may_appear_once_only() -> None:
    with pytest.raises(InvalidInputError, match="appears 2 times"):
        CardBook(
            (dated("a", date(2026, 1, 1), date(2026, 1, 2)), dated("a", date(2027, 1, 1), None))
        )


def test_a_card_is_found_by_its_id() -> None:
    book = CardBook(shipped_cards())
    assert book.card(RateCardId("fedex-ground-list-2025-01-06")) is shipped_cards()[1]
    assert book.card(RateCardId("nobody")) is None

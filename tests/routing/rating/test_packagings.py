from __future__ import annotations

import numpy as np

from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.packaging import NO_CARTON
from routing.rating.tariff import NO_PRICE
from tests.strategies.bills import terms_of
from tests.strategies.draws import SeededDraws
from tests.strategies.packagings import (
    MG,
    START,
    ZONE,
    Packed,
    draw_cartons,
    draw_packed,
    draw_solids,
)

CASES = 400


def packed_cases(first: int, count: int):
    for seed in range(first, first + count):
        draws = SeededDraws(seed)
        solids = draw_solids(draws, 3)
        packed = draw_packed(draws, solids, draw_cartons(draws), (10**9, 10**9))
        if packed is not None:
            yield draws, solids, packed


def price_by_terms(packed: Packed, number: int, **parcel: object) -> int:
    packaging = packed.tariff.packagings[number]
    carton = None if packaging.carton == NO_CARTON else packed.cartons[packaging.carton]
    terms = terms_of(
        packed.card,
        ZONE,
        START,
        residential=False,
        carton=carton,
        **parcel,
    )
    return NO_PRICE if terms is None else sum(term.amount_minor for term in terms)


def test_the_terms_of_every_parcel_in_a_carton_sum_to_its_price() -> None:
    compared = priced = 0
    for draws, _, packed in packed_cases(0, CASES):
        for number, packaging in enumerate(packed.tariff.packagings):
            if packaging.carton == NO_CARTON:
                continue
            weight = draws.integer(0, 30 * MG)
            volume = draws.integer(0, 60_000)
            price = int(packaging.price(np.array([weight]), np.array([volume]))[0])
            terms = price_by_terms(packed, number, weight_ug=weight, volume_nl=volume)
            assert price == terms, packed
            compared += 1
            priced += price < NO_PRICE
    assert priced > 150
    assert compared - priced > 50


def test_exactly_one_way_to_send_things_as_they_are_says_what_they_cost() -> None:
    compared = surcharged = 0
    for draws, solids, packed in packed_cases(1_000, CASES):
        counts = np.array([[draws.integer(0, 2) for _ in solids]])
        sides = np.array([solid.sides_um for solid in solids])
        weight, volume = np.array([draws.integer(1, 20) * MG]), np.array([draws.integer(0, 30_000)])
        prices = [
            int(packaging.price(weight, volume)[0])
            for packaging in packed.tariff.packagings
            if packaging.carton == NO_CARTON and packaging.admits(counts, sides, weight, volume)[0]
        ]
        assert len(prices) <= 1
        held = tuple(
            solid.sides_um
            for solid, n in zip(solids, counts[0].tolist(), strict=True)
            for _ in range(n)
        )
        terms = terms_of(
            packed.card,
            ZONE,
            START,
            residential=False,
            weight_ug=int(weight[0]),
            volume_nl=int(volume[0]),
            sides_um=held,
        )
        price = min([*prices, NO_PRICE])
        assert price == (NO_PRICE if terms is None else sum(t.amount_minor for t in terms))
        compared += terms is not None
        surcharged += terms is not None and len(terms) > 1
    assert compared > 100
    assert surcharged > 50


def test_no_parcel_costs_less_than_the_steps_of_its_tariff_say() -> None:
    attained = 0
    for draws, _, packed in packed_cases(2_000, CASES):
        tariff = packed.tariff
        for packaging in tariff.packagings:
            weight, volume = draws.integer(0, 30 * MG), draws.integer(0, 60_000)
            price = int(packaging.price(np.array([weight]), np.array([volume]))[0])
            bound = int(fluid_bound_minor(tariff, np.array([weight]))[0])
            assert price >= bound
            assert price >= NO_PRICE or price <= tariff.dearest_minor
            attained += price == bound
            step = int(np.searchsorted(tariff.limit_ug, weight))
            if step < tariff.limit_ug.size:
                assert price >= int(tariff.price_minor[step:].min())
            else:
                assert price >= NO_PRICE
    assert attained > 20


def test_a_heavier_parcel_in_the_same_carton_is_never_cheaper_where_surcharges_only_grow() -> None:
    for _, _, packed in packed_cases(3_000, 100):
        if any(each.weight_up_to_ug for each in packed.card.surcharges):
            continue
        for packaging in packed.tariff.packagings:
            weights = np.arange(0, 40) * MG
            prices = packaging.price(weights, np.zeros_like(weights))
            assert (np.diff(prices) >= 0).all()


def test_void_fill_costs_the_less_the_more_is_in_the_carton() -> None:
    falls = 0
    for _, _, packed in packed_cases(4_000, 100):
        for packaging in packed.tariff.packagings:
            if packaging.carton == NO_CARTON:
                continue
            volumes = np.arange(0, packaging.inner_nl + 1, 1_000)
            prices = packaging.price(np.zeros_like(volumes), volumes)
            prices = prices[prices < NO_PRICE]
            assert (np.diff(prices) <= 0).all()
            falls += bool((np.diff(prices) < 0).any())
    assert falls > 10

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from routing.errors import InvalidInputError
from routing.order import ServiceLevel
from routing.rating.load import load_cards, parse_cards, shipped_cards
from routing.rating.rate_card import Pricing
from routing.rating.side_rounding import SideRounding
from routing.rating.surcharge import PercentOf, SurchargeKind
from routing.rating.weights import UG_PER_LB
from routing.rating.zones import RateZone

CARDS = (
    "card_id,carrier,service,service_name,pricing,currency,effective_from,effective_to,"
    "zone_scheme,source,{extra}\n"
)
CARD = "a,post,parcel,Post Parcel,contract,{currency},2026-01-01,,bands,our contract,{extra}\n"
RATES = "card_id,zone,max_weight_lb,price\n"
SURCHARGES = "card_id,name,kind,amount,percent_of,residential,zone_from,weight_up_to_lb\n"


def cards(extra_columns: str = "note", extra: str = "", currency: str = "USD") -> str:
    return CARDS.format(extra=extra_columns) + CARD.format(extra=extra, currency=currency)


def problems_of(*tables: str) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        parse_cards(*tables)
    return [str(violation) for violation in caught.value.violations]


def test_a_card_is_read_from_its_tables_in_any_order_of_rows() -> None:
    (card,) = parse_cards(
        cards("dim_divisor_in3_per_lb,max_length_in,note", "139,40,hello"),
        RATES + "a,2,2,9.50\na,1,1,5\na,2,1,6\na,1,2,7.25\n",
        SURCHARGES + "a,fuel,PERCENT,29.5,BASE_AND_FLATS,,,\na,home,FLAT,5.95,,yes,2,10\n",
    )
    assert card.pricing is Pricing.CONTRACT
    assert card.effective_from == date(2026, 1, 1)
    assert card.zones == (1, 2)
    assert [step.price_minor for step in card.rates[0].steps] == [500, 725]
    assert card.max_weight_ug == 2 * UG_PER_LB
    assert card.dim_divisor_in3_per_lb == Fraction(139)
    assert card.max_length_um == 40 * 25_400
    fuel, home = card.surcharges
    assert (fuel.kind, fuel.amount, fuel.percent_of) == (
        SurchargeKind.PERCENT,
        2950,
        PercentOf.BASE_AND_FLATS,
    )
    assert (home.amount, home.residential, home.zone_from) == (595, True, RateZone(2))
    assert home.weight_up_to_ug == 10 * UG_PER_LB


def test_metric_cards_are_exact_too() -> None:
    (card,) = parse_cards(
        cards("dim_divisor_cm3_per_kg,max_length_cm", "5000,120", "EUR"),
        "card_id,zone,max_weight_kg,price\na,1,2,5.49\na,1,31.5,17.49\n",
    )
    assert card.max_weight_ug == 31_500_000_000
    assert card.max_length_um == 1_200_000
    assert card.dimensional is not None
    assert card.dimensional.ug_per_nl == Fraction(1, 5)


def test_every_problem_of_every_table_is_reported_at_once_with_file_and_line() -> None:
    found = problems_of(
        cards("max_length_in", "long"),
        RATES + "a,1,1,5.001\na,one,1,5\nb,1,1,5\na,1,2,\na,1,,5\n",
        SURCHARGES + "a,,FLAT,1,,,,\na,x,FEE,1,,maybe,,\na,y,PERCENT,0.001,,,,\n",
    )
    assert [problem.split(": ")[0] for problem in found] == [
        "rates.csv:4",
        "cards.csv:2",
        "rates.csv:2",
        "rates.csv:3",
        "rates.csv:5",
        "rates.csv:6",
        "surcharges.csv:2",
        "surcharges.csv:3",
        "surcharges.csv:3",
        "surcharges.csv:4",
    ]


def test_a_repeated_and_a_falling_price_name_both_rows() -> None:
    found = problems_of(cards(), RATES + "a,1,1,5\na,1,2,4\na,1,2.0,4\n")
    assert found == [
        (
            "rates.csv:3: price 4 is below 5 of the lighter step at rates.csv:2; "
            "a heavier parcel must not be cheaper"
        ),
        "rates.csv:4: repeats zone and weight of rates.csv:3; keep one",
    ]


def test_what_only_the_whole_card_shows_is_reported_at_its_head() -> None:
    found = problems_of(cards("max_weight_lb", "3"), RATES + "a,1,1,5\n")
    assert found[0].startswith("cards.csv:2: rate_card[a].max_weight_ug")
    assert problems_of(cards(), RATES)[0].startswith("cards.csv:2: rate_card[a].rates")


def test_a_card_given_twice_names_the_first_row() -> None:
    (problem,) = problems_of(cards() + CARD.format(extra="", currency="USD"), RATES + "a,1,1,5\n")
    assert problem == "cards.csv:3: card_id a is already at cards.csv:2; keep one"


def test_unknown_missing_and_repeated_columns_are_not_ignored() -> None:
    found = problems_of(cards("colour"), "card_id,zone,zone,max_weight_lb\n")
    assert [problem.split(" is ")[0] for problem in found[:2]] == [
        "cards.csv:1: column 'colour'",
        "rates.csv:1: column price",
    ]
    assert "more than once" in found[2]


def test_a_row_with_too_many_cells_is_reported() -> None:
    (problem,) = problems_of(cards(), RATES + "a,1,1,5,6\n")
    assert problem == "rates.csv:2: has more cells than the header"


@pytest.mark.parametrize("number", ["NaN", "inf", "1e999999999", "5,00", "$5"])
def test_what_is_no_plain_number_is_refused(number: str) -> None:
    (problem,) = problems_of(cards(), RATES + f'a,1,1,"{number}"\n')
    assert problem == f"rates.csv:2: price {number!r} is not a number such as 12.50"


def test_a_weight_in_two_units_is_refused() -> None:
    found = problems_of(cards(), "card_id,zone,max_weight_lb,max_weight_kg,price\na,1,1,0.45,5\n")
    assert any("two units" in problem for problem in found)


def test_a_share_of_a_flat_amount_is_a_contradiction() -> None:
    (problem,) = problems_of(cards(), RATES + "a,1,1,5\n", SURCHARGES + "a,home,FLAT,5,BASE,,,\n")
    assert "percent_of has no meaning" in problem


def test_cards_are_loaded_from_a_directory_with_or_without_surcharges(tmp_path: Path) -> None:
    (tmp_path / "cards.csv").write_text("\ufeff" + cards(), encoding="utf-8")
    (tmp_path / "rates.csv").write_text(RATES + "a,1,1,5\n", encoding="utf-8")
    assert load_cards(tmp_path)[0].surcharges == ()
    (tmp_path / "surcharges.csv").write_text(SURCHARGES + "a,f,FLAT,1,,,,\n", encoding="utf-8")
    assert [each.name for each in load_cards(tmp_path)[0].surcharges] == ["f"]


def test_a_missing_table_is_an_error_of_the_file_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_cards(tmp_path)


def test_the_shipped_cards_say_their_source() -> None:
    assert all(card.source and card.note for card in shipped_cards())


SIZED = (
    "card_id,name,kind,amount,percent_of,residential,area,longest_over_in,second_over_cm,"
    "volume_over_in3,actual_weight_over_lb,min_billable_lb,group\n"
)
ONE_STEP = RATES + "a,1,2,5\n"
AREAS = "card_id,area,country,code_from,code_to\n"


def test_size_area_and_minimum_conditions_are_read_exactly() -> None:
    extras = (
        "a,long,FLAT,5,,,,48,,,,40,handling\n"
        "a,heavy,FLAT,9,,,,,,,50,,handling\n"
        "a,remote,FLAT,4,,yes,far,,,,,,\n"
    )
    areas = "a,far,US,99500,99999\na,far,US,96799,\n"
    (card,) = parse_cards(cards(), ONE_STEP, SIZED + extras, AREAS + areas)
    long, heavy, remote = card.surcharges
    assert long.trigger is not None
    assert long.trigger.longest_over_um == 48 * 25_400
    assert (long.min_billable_ug, long.group) == (40 * 453_592_370, "handling")
    assert heavy.trigger is not None
    assert heavy.trigger.weight_over_ug == 50 * 453_592_370
    assert (remote.area, remote.residential) == ("far", True)
    assert card.areas[0].contains("US", "99501-1234")
    assert card.areas[0].contains("US", "96799")
    assert not card.areas[0].contains("US", "96798")
    assert not card.areas[0].contains("CA", "V6B")


def test_a_minimum_side_rounding_and_service_level_are_read() -> None:
    head = cards().splitlines()
    table = (
        f"{head[0]},min_price,side_rounding,side_rounding_step_in,service_level\n"
        f"{head[1]},7.50,UP,1,express\n"
    )
    (card,) = parse_cards(table, ONE_STEP)
    assert card.min_price_minor == 750
    assert card.side_rounding == SideRounding(25_400, up=True)
    assert card.service_level is ServiceLevel.EXPRESS


def test_a_flat_rate_box_is_a_price_beside_the_steps() -> None:
    rates = ONE_STEP.splitlines()
    table = "\n".join([f"{rates[0]},carton", *(f"{row}," for row in rates[1:]), "a,1,30,12.00,box"])
    (card,) = parse_cards(cards(), table)
    flat = card.carton_rate(RateZone(1), "box")
    assert flat is not None
    assert (flat.price_minor, flat.max_weight_ug) == (1200, 30 * 453_592_370)
    assert len(card.rates[0].steps) == len(rates) - 1


def test_every_problem_of_the_new_columns_is_found_at_once() -> None:
    head = cards().splitlines()
    table = f"{head[0]},side_rounding,side_rounding_step_in\n{head[1]},UP,\n"
    extras = "a,x,FLAT,5,,,nowhere,,,,,,\na,y,PERCENT,5,,,,48,,,,,handling\na,z,FLAT,1,,,,,,,,40,\n"
    areas = "a,far,US,ABC,\na,far,US,99999,99500\na,,US,1,\n"
    with pytest.raises(InvalidInputError) as caught:
        parse_cards(table, ONE_STEP, SIZED + extras, AREAS + areas)
    text = "\n".join(str(each) for each in caught.value.violations)
    for part in (
        "side_rounding needs side_rounding_step_in",
        "only flat surcharges exclude each other",
        "needs a size, volume or actual weight",
        "areas.csv:2: ABC to ABC are no postal codes of US",
        "99999 to 99500 is not a range of codes",
        "areas.csv:4: area is empty",
    ):
        assert part in text


def test_a_surcharge_of_an_area_that_is_not_there_is_refused() -> None:
    extras = "a,x,FLAT,5,,,nowhere,,,,,,\n"
    with pytest.raises(InvalidInputError, match="'nowhere' is not a delivery area of the card"):
        parse_cards(cards(), ONE_STEP, SIZED + extras)


def test_two_cards_in_force_at_once_are_found_with_their_row() -> None:
    head = cards().splitlines()
    twice = "\n".join([*head, head[1].replace("a,", "b,", 1)])
    both = ONE_STEP + "".join(
        f"{row.replace('a,', 'b,', 1)}\n" for row in ONE_STEP.splitlines()[1:]
    )
    with pytest.raises(InvalidInputError, match=r"cards.csv:[23]: .* is in force from"):
        parse_cards(twice, both)


def test_a_parquet_file_is_read_like_the_csv_file(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="the extra 'parquet' is not installed")
    from pyarrow import csv as arrow_csv  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    (tmp_path / "cards.csv").write_text(cards(), encoding="utf-8")
    (tmp_path / "plain.csv").write_text(ONE_STEP, encoding="utf-8")
    table = arrow_csv.read_csv(tmp_path / "plain.csv")
    assert isinstance(table, pyarrow.Table)
    parquet.write_table(table, tmp_path / "rates.parquet")
    assert load_cards(tmp_path) == parse_cards(cards(), ONE_STEP)
    (tmp_path / "rates.csv").write_text(ONE_STEP, encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"stands beside rates\.parquet; keep one of both"):
        load_cards(tmp_path)
    (tmp_path / "rates.csv").unlink()
    (tmp_path / "rates.parquet").write_bytes(b"PAR1 is not all it takes")
    with pytest.raises(InvalidInputError, match="is not a Parquet file"):
        load_cards(tmp_path)

"""The policy benchmark: policies choose as they say, and a broken proof does not go unseen."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.demo.policy_terms import Choice, Levels, Place, Want
from bench.policies import main
from bench.policy_checks import cheaper_than_unproven, violations
from bench.policy_field_data import Basket, BasketLine, Zip, read_locations
from bench.policy_outcome import OrderResult, Outcome, Proven
from bench.policy_scene import Stock, largest_quantities, make_items, make_orders
from bench.policy_summary import compared, summarize
from bench.policy_table import NAMES, SHIPFROM, SHIPFROM_SPLIT
from bench.policy_units import fewest_splits, smallest_set, take_in_order, take_nearest_first
from routing.geo.coordinates import Coordinates
from routing.ids import LocationId

PLACES = (Place("a", 900), Place("b", 500), Place("c", 100))


def want(number: int, item: str = "x", quantity: int = 1) -> Want:
    return Want(f"L{number}", item, quantity)


# --- policies that split -----------------------------------------------------


def test_each_location_gives_what_it_has_until_the_line_is_filled() -> None:
    chosen = take_in_order([want(1, quantity=5)], {"x": {"a": 2, "b": 9}}, PLACES)
    assert chosen == (Choice("L1", "a", 2), Choice("L1", "b", 3))


def test_distance_order_starts_with_the_nearest() -> None:
    chosen = take_nearest_first([want(1, quantity=3)], {"x": {"a": 9, "b": 9, "c": 1}}, PLACES)
    assert chosen == (Choice("L1", "c", 1), Choice("L1", "b", 2))


def test_fewest_splits_takes_the_nearest_single_location_that_fills_all() -> None:
    levels = {"x": {"a": 2, "b": 2, "c": 1}, "y": {"a": 1, "b": 1, "c": 1}}
    chosen = fewest_splits([want(1, "x", 2), want(2, "y")], levels, PLACES)
    assert {each.location_id for each in chosen} == {"b"}


def test_fewest_splits_combines_stock_when_no_location_has_a_line_whole() -> None:
    chosen = fewest_splits([want(1, quantity=3)], {"x": {"a": 2, "b": 1, "c": 1}}, PLACES)
    assert chosen == (Choice("L1", "c", 1), Choice("L1", "a", 2))


def test_a_set_that_cannot_suffice_is_refused() -> None:
    have, needed = np.array([[1, 1]], dtype=np.int64), np.array([3], dtype=np.int64)
    with pytest.raises(ValueError, match="more is needed"):
        smallest_set(have, needed, np.array([1, 2], dtype=np.int64))


@st.composite
def situations(draw: st.DrawFn) -> tuple[tuple[Want, ...], Levels, tuple[Place, ...]]:
    items = draw(st.lists(st.sampled_from("xyz"), min_size=1, max_size=4))
    wants = tuple(want(n, item, draw(st.integers(1, 4))) for n, item in enumerate(items))
    names = [f"p{number}" for number in range(draw(st.integers(1, 6)))]
    levels = {item: {name: draw(st.integers(0, 4)) for name in names} for item in "xyz"}
    return wants, levels, tuple(Place(name, draw(st.integers(0, 1000))) for name in names)


@given(situations())
def test_all_that_can_be_filled_is_filled_and_no_unit_is_taken_twice(
    situation: tuple[tuple[Want, ...], Levels, tuple[Place, ...]],
) -> None:
    wants, levels, places = situation
    for choose in (take_in_order, take_nearest_first, fewest_splits):
        chosen = choose(wants, levels, places)
        item_of = {each.line_id: each.item_id for each in wants}
        for item, by_location in levels.items():
            taken = dict.fromkeys(by_location, 0)
            for choice in chosen:
                if item_of[choice.line_id] == item:
                    taken[choice.location_id] += choice.quantity
            asked = sum(each.quantity for each in wants if each.item_id == item)
            assert sum(taken.values()) == min(asked, sum(by_location.values()))
            assert all(taken[name] <= by_location[name] for name in taken)


@given(situations())
def test_fewest_splits_is_as_good_as_trying_every_set(
    situation: tuple[tuple[Want, ...], Levels, tuple[Place, ...]],
) -> None:
    wants, levels, places = situation
    needed = {
        item: min(
            sum(each.quantity for each in wants if each.item_id == item),
            sum(by_location.values()),
        )
        for item, by_location in levels.items()
    }
    sets = [g for size in range(len(places) + 1) for g in combinations(places, size)]
    best = min(
        (len(group), sum(place.distance_m or 0 for place in group))
        for group in sets
        if all(
            sum(levels[item][place.location_id] for place in group) >= units
            for item, units in needed.items()
        )
    )
    used = {choice.location_id for choice in fewest_splits(wants, levels, places)}
    distance_m = sum(place.distance_m or 0 for place in places if place.location_id in used)
    assert (len(used), distance_m) == best


# --- checks ------------------------------------------------------------------


def outcome(cost_minor: int | None, *, complete: bool = True, whole: bool = True) -> Outcome:
    return Outcome(cost_minor, 1, 1_000, 2 if complete else 1, complete, whole)


def proven(cost_minor: int, *, optimal: bool = True, bound_minor: int | None = None) -> Proven:
    bound = cost_minor if bound_minor is None else bound_minor
    return Proven(optimal, bound, "test", 0.001, cost_minor)


def result(
    others: Mapping[str, Outcome], ours: Proven | None = None, split: Proven | None = None
) -> OrderResult:
    ours, split = ours or proven(100), split or proven(90)
    outcomes = {
        SHIPFROM: outcome(ours.repriced_minor),
        SHIPFROM_SPLIT: outcome(split.repriced_minor, whole=False),
    }
    return OrderResult(
        "o1", 2, 3, 400, outcomes | dict(others), {SHIPFROM: ours, SHIPFROM_SPLIT: split}
    )


def test_a_policy_that_costs_more_contradicts_nothing() -> None:
    assert violations(result({"nearest": outcome(101)})) == ()


def test_a_whole_line_choice_below_the_proven_optimum_is_a_violation_that_names_the_order() -> None:
    found = violations(result({"nearest": outcome(95)}))
    assert any("order o1" in each and "nearest costs 95" in each for each in found)


def test_a_choice_that_splits_a_line_is_measured_against_the_split_optimum_only() -> None:
    assert violations(result({"ranked": outcome(95, whole=False)})) == ()
    assert violations(result({"ranked": outcome(85, whole=False)})) != ()


def test_an_order_that_is_not_filled_says_nothing_about_costs() -> None:
    assert violations(result({"nearest": outcome(1, complete=False)})) == ()


def test_a_choice_below_the_bound_of_an_unproven_plan_is_a_violation() -> None:
    unproven = proven(100, optimal=False, bound_minor=80)
    assert violations(result({"nearest": outcome(79)}, unproven, proven(70))) != ()
    assert violations(result({"nearest": outcome(85)}, unproven, proven(70))) == ()


def test_an_unproven_plan_that_costs_more_is_reported_apart() -> None:
    unproven = proven(100, optimal=False, bound_minor=0)
    assert cheaper_than_unproven(result({"nearest": outcome(95)}, unproven), SHIPFROM) == (
        "nearest",
    )
    assert cheaper_than_unproven(result({"nearest": outcome(95)}), SHIPFROM) == ()


def test_a_proven_plan_that_leaves_out_what_a_policy_fills_is_a_violation() -> None:
    here = result({"nearest": outcome(500), SHIPFROM: outcome(50, complete=False)}, proven(50))
    assert any("fills the order" in each for each in violations(here))


def test_a_plan_whose_choice_is_priced_otherwise_is_a_violation() -> None:
    wrong = Proven(True, 100, "test", 0.001, 99)
    here = result({SHIPFROM: outcome(100)}, wrong)
    assert any("proven at 100" in each for each in violations(here))


# --- averages ----------------------------------------------------------------


def test_only_orders_that_every_policy_fills_count_for_costs() -> None:
    filled = result({name: outcome(200) for name in NAMES[2:]})
    gap = result({name: outcome(900) for name in NAMES[2:]} | {"first": outcome(1, complete=False)})
    assert compared([filled, gap]) == (filled,)
    averages = summarize([filled, gap])
    assert averages["nearest"].cost_per_order_minor == 200
    assert averages["nearest"].ratio_to_shipfrom == 2
    assert averages["first"].fill_rate == 0.75


# --- what is synthetic -------------------------------------------------------

BASKETS = (
    Basket("b1", (BasketLine("s1", 2, 100), BasketLine("s2", 7, 50))),
    Basket("b2", (BasketLine("s2", 3, 50),)),
)


def test_an_items_stock_and_weight_depend_on_the_seed_and_the_item_alone() -> None:
    ids = tuple(LocationId(f"loc-{number}") for number in range(30))
    stock = Stock(1, ids, largest_quantities(BASKETS))
    assert stock.levels(BASKETS[0])["s2"] == stock.levels(BASKETS[1])["s2"]
    assert Stock(2, ids, largest_quantities(BASKETS)).of_item("s2") != stock.of_item("s2")
    assert make_items(["s1", "s2"], 1)[1:] == make_items(["s2"], 1)


def test_levels_reach_from_one_to_three_times_the_largest_line() -> None:
    ids = tuple(LocationId(f"loc-{number}") for number in range(3_000))
    units = Stock(1, ids, largest_quantities(BASKETS)).of_item("s2").values()
    assert (min(units), max(units)) == (1, 21)
    assert 0.15 < len(units) / len(ids) < 0.25


def test_nobody_lives_in_a_zip_without_weight() -> None:
    zips = (Zip("10001", Coordinates(40.7, -74.0), 1), Zip("99999", Coordinates(0.0, 0.0), 0))
    orders = [order for _, order in make_orders(BASKETS * 20, zips, 1)]
    assert {order.destination.postal_code for order in orders} == {"10001"}


# --- whole runs --------------------------------------------------------------

SITES = (
    ("x-1", "fulfillment_center", "98390", "47.2099", "-122.228", "America/Los_Angeles", "9"),
    ("x-2", "store", "75261", "32.7673", "-96.7776", "America/Chicago", ""),
    ("x-3", "fulfillment_center", "07001", "40.58", "-74.27", "America/New_York", "99"),
)


def write_gz(path: Path, rows: list[list[str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


@pytest.fixture
def field_data(tmp_path: Path) -> Path:
    baskets = [["order_id", "sku", "qty", "unit_price", "ts", "country"]]
    for number in range(6):
        for line in range(number % 3 + 1):
            baskets.append([f"o{number}", f"s{line}", str(number + 1), "1.5", "", ""])
    write_gz(tmp_path / "orders" / "uci_small_baskets.csv.gz", baskets)
    zips = [["zip", "lat", "lng", "pop_2010"], ["60601", "41.88", "-87.62", "500"]]
    write_gz(tmp_path / "postal" / "us_zip.csv.gz", [*zips, ["00501", "40.8", "-73.0", ""]])
    (tmp_path / "network").mkdir()
    with (tmp_path / "network" / "network_10.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        names = "site_id operator kind city state postal_code country lat lng tz sqft src"
        rows.writerow(names.split())
        for site, kind, postal_code, lat, lng, tz, sqft in SITES:
            place = [site, "op", kind, "City", "ST", postal_code, "US", lat, lng, tz, sqft, ""]
            rows.writerow(place)
    return tmp_path


def test_locations_have_neutral_ids_and_larger_centres_rank_before_stores(
    field_data: Path,
) -> None:
    locations = read_locations(field_data, 10, 1)
    assert [each.id for each in locations] == ["loc-0001", "loc-0002", "loc-0003"]
    by_rank = sorted(locations, key=lambda each: each.rank)
    assert [each.postal_code for each in by_rank] == ["07001", "98390", "75261"]


def test_a_run_ends_with_one_json_object_that_has_every_policy(
    field_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--orders", "6", "--networks", "10"], field_data) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["bench"] == "policies"
    policies = answer["networks"]["10"]
    assert tuple(policies) == NAMES
    assert answer["runs"]["10"]["violations"] == []
    cheapest = min(each["cost_per_order_minor"] for each in policies.values())
    assert policies[SHIPFROM_SPLIT]["cost_per_order_minor"] == cheapest


def test_a_run_without_the_field_data_is_skipped_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--small"], tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("skipped:")
    assert "skipped" in json.loads(lines[-1])

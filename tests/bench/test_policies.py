"""The policy benchmark: policies choose as they say, and a broken proof does not go unseen."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from allocation.backtest.outcome import OrderOutcome, ShippedPart
from allocation.cost_breakdown import CostBreakdown
from bench.policies import main
from bench.policy_checks import compared_minor, contradictions
from bench.policy_field_data import Basket, BasketLine, Zip, read_locations
from bench.policy_promise import cartons, sized, working_days_after
from bench.policy_rules import ALL, CHEAPEST, SPLITTING, contender
from bench.policy_scene import Stock, largest_quantities, make_items, make_orders
from routing.geo.coordinates import Coordinates
from routing.ids import ItemId, LineId, LocationId
from routing.item import InventoryItem

# --- checks ------------------------------------------------------------------


def outcome(
    cost_minor: int, *, filled: int = 2, split: bool = False, **changes: Any
) -> OrderOutcome:
    """Return an outcome of two lines; the first leaves from two locations if `split`."""
    places = ["a", "b"] if split else ["a"]
    parts = [ShippedPart(LineId("1"), LocationId(place), 1) for place in places]
    base = OrderOutcome(
        cost=CostBreakdown((("postage", cost_minor),)),
        parts=tuple(parts),
        lines=2,
        lines_filled=filled,
        optimal=True,
        bound_minor=cost_minor,
    )
    return replace(base, **changes)


def found(ours: OrderOutcome, theirs: OrderOutcome, name: str = CHEAPEST) -> list[str]:
    return list(contradictions({name: ours, "preset:peer": theirs}))


def test_a_policy_that_costs_more_contradicts_nothing() -> None:
    assert found(outcome(100), outcome(101)) == []


def test_a_whole_line_choice_below_the_bound_is_a_contradiction() -> None:
    assert found(outcome(100), outcome(95)) == [
        f"preset:peer costs 95, below {CHEAPEST}'s bound 100"
    ]


def test_a_choice_that_splits_a_line_is_measured_against_the_split_optimum_only() -> None:
    assert found(outcome(100), outcome(95, split=True)) == []
    assert found(outcome(100, split=True), outcome(95, split=True), SPLITTING) != []


def test_an_order_that_is_not_filled_says_nothing_about_costs() -> None:
    assert found(outcome(100), outcome(1, filled=1)) == []


def test_only_the_bound_counts_where_the_plan_is_not_proven() -> None:
    unproven = outcome(100, optimal=False, bound_minor=80)
    assert found(unproven, outcome(85)) == []
    assert found(unproven, outcome(79)) != []


def test_a_proven_plan_that_leaves_out_what_a_policy_fills_is_a_contradiction() -> None:
    assert any("fills it" in each for each in found(outcome(50, filled=1), outcome(500)))


def test_penalties_are_no_part_of_what_is_compared() -> None:
    theirs = outcome(0, cost=CostBreakdown((("postage", 90), ("penalty:extra_shipment", 500))))
    assert found(outcome(100), theirs) != []


def test_late_days_count_where_costs_are_compared() -> None:
    """A plan that pays to be in time is not undercut by a cheaper one that is late."""
    late = outcome(0, cost=CostBreakdown((("postage", 90), ("lateness", 500))))
    assert compared_minor(late.cost) == 590
    assert found(outcome(100), late) == []
    assert found(outcome(600), late) == [f"preset:peer costs 590, below {CHEAPEST}'s bound 600"]


def test_every_rule_set_of_the_comparison_is_one() -> None:
    assert [contender(name).name for name in ALL] == list(ALL)


# --- what is synthetic -------------------------------------------------------

BASKETS = (
    Basket("b1", (BasketLine("s1", 2, 100), BasketLine("s2", 7, 50))),
    Basket("b2", (BasketLine("s2", 3, 50),)),
)


def test_an_items_stock_and_weight_depend_on_the_seed_and_the_item_alone() -> None:
    ids = tuple(LocationId(f"loc-{number}") for number in range(30))
    stock = Stock(1, ids, largest_quantities(BASKETS))
    both, one = stock.levels(["s1", "s2"]).levels, stock.levels(["s2"]).levels
    assert both[ItemId("s2")] == one[ItemId("s2")]
    assert Stock(2, ids, largest_quantities(BASKETS)).of_item("s2") != stock.of_item("s2")
    assert make_items(["s1", "s2"], 1)[1:] == make_items(["s2"], 1)


def test_levels_reach_from_one_to_three_times_the_largest_line() -> None:
    ids = tuple(LocationId(f"loc-{number}") for number in range(3_000))
    units = Stock(1, ids, largest_quantities(BASKETS)).of_item("s2").values()
    assert (min(units), max(units)) == (1, 21)
    assert 0.15 < len(units) / len(ids) < 0.25


def test_nobody_lives_in_a_zip_without_weight() -> None:
    zips = (Zip("10001", Coordinates(40.7, -74.0), 1), Zip("99999", Coordinates(0.0, 0.0), 0))
    orders = make_orders(BASKETS * 20, zips, 1)
    assert {order.destination.postal_code for order in orders} == {"10001"}


# --- promise and parcels ------------------------------------------------------


@pytest.mark.parametrize(
    ("placed", "promised"), [("2026-09-16", "2026-09-18"), ("2026-09-17", "2026-09-21")]
)
def test_a_promise_of_two_days_passes_over_the_weekend(placed: str, promised: str) -> None:
    assert working_days_after(date.fromisoformat(placed), 2) == date.fromisoformat(promised)


def test_the_heaviest_usual_item_fits_the_largest_carton_and_light_ones_are_bulky() -> None:
    heavy, light = sized(
        [
            InventoryItem(ItemId("heavy"), weight_ug=10**10),
            InventoryItem(ItemId("light"), weight_ug=10**8),
        ],
        1,
    )
    assert heavy.dimensions is not None
    assert light.dimensions is not None
    largest = max(cartons(), key=lambda each: each.inner_nl)
    room = largest.inner.sorted_um
    assert all(side <= free for side, free in zip(heavy.dimensions.sorted_um, room, strict=True))
    assert 100 / 0.6 * 0.9 < light.dimensions.volume_nl / 10**6 < 100 / 0.15 * 1.1


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


@pytest.mark.parametrize("more", [(), ("--deplete",)])
def test_a_run_ends_with_one_json_object_that_has_every_rule_set(
    field_data: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    few = ("--orders", "6", "--networks", "10", "--processes", "1")
    assert main([*few, *more], field_data) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["bench"] == "policies"
    network = answer["networks"]["10"]
    assert tuple(network["rule_sets"]) == ALL
    assert network["violations"] == network["violations_2day"] == []
    assert network["mismatches"] == network["mismatches_2day"] == 0
    assert network["beaten"] == network["beaten_2day"] == 0
    assert network["shipfrom"] == network["rule_sets"]["preset:cheapest"]
    assert network["magento-distance"] == network["rule_sets"]["preset:magento-distance"]
    costs = {name: each["paid_per_order"] for name, each in network["rule_sets"].items()}
    for each in network["rule_sets"].values():
        assert 0 <= each["late_share_2day"] <= 1
        assert each["cost_with_late_days_2day"] >= each["landed_cost_2day"] > 0
    if not more:
        assert costs[SPLITTING] == min(costs.values())


def test_other_processes_put_the_same_price_on_late_days(
    field_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = []
    for processes in ("1", "2"):
        few = ("--orders", "6", "--networks", "10", "--processes", processes)
        assert main(few, field_data) == 0
        network = json.loads(capsys.readouterr().out.splitlines()[-1])["networks"]["10"]
        figures.append(
            {name: each["late_share_2day"] for name, each in network["rule_sets"].items()}
        )
    assert figures[0] == figures[1]
    assert max(figures[0].values()) > 0


def test_as_many_orders_as_wanted_are_promised(
    field_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ("--orders", "6", "--promised-orders", "2", "--networks", "10", "--processes", "1")
    assert main(few, field_data) == 0
    network = json.loads(capsys.readouterr().out.splitlines()[-1])["networks"]["10"]
    assert (network["orders"], network["orders_2day"]) == (6, 2)


def test_a_run_without_the_field_data_is_skipped_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--small"], tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("skipped:")
    assert "skipped" in json.loads(lines[-1])

"""What rules come to is what a plain reading of them says, pair by pair."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from allocation.engine import Engine
from routing.geo.distance import great_circle_m
from routing.location import LocationKind, StockLocation
from routing.network import Network
from routing.order import Order
from routing.rules import parse_rule_set
from routing.sourcing.resolve import ResolvedLine, resolve_lines
from routing.sourcing.ruling import NO_RULE, Per, Ruling
from tests.networks import NOW, item, line, location, network, order, request, stock

SEEDS = range(120)
ITEMS = ("cup", "pot", "pan")
TAGS = ("cold", "hazmat", "fragile")
PLACES = ("reno", "dallas", "newark", "atlanta")

About = tuple[str, Callable[[Order, ResolvedLine], bool]]
Where = tuple[str, Callable[[StockLocation], bool]]

ABOUT: tuple[About, ...] = (
    ("'cold' in line.tags", lambda _, asked: "cold" in asked.tags),
    ("line.units > 2", lambda _, asked: asked.demand > 2),
    ("order.channel == 'web'", lambda placed, _: placed.channel == "web"),
    ("order.line_count == 1", lambda placed, _: len(placed.lines) == 1),
    (
        "!('hazmat' in line.tags) && order.channel != 'web'",
        lambda placed, asked: "hazmat" not in asked.tags and placed.channel != "web",
    ),
)
WHERE: tuple[Where, ...] = (
    ("location.kind == 'store'", lambda place: place.kind is LocationKind.STORE),
    ("'hazmat' in location.tags", lambda place: "hazmat" in place.tags),
    ("location.rank > 1", lambda place: place.rank > 1),
    ("location.id in ['reno', 'newark']", lambda place: place.id in {"reno", "newark"}),
    (
        "location.tags.exists(t, t.startsWith('f'))",
        lambda place: any(tag.startswith("f") for tag in place.tags),
    ),
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A rule in plain words; `amount` is 0 for a hard one."""

    about: About | None
    where: Where | None
    within_km: int | None
    elsewhere: bool = False
    amount: int = 0

    def is_about(self, placed: Order, asked: ResolvedLine) -> bool:
        return self.about is None or self.about[1](placed, asked)

    def holds(self, place: StockLocation, distance_m: int) -> bool:
        near = self.within_km is None or distance_m <= self.within_km * 1000
        return near and (self.where is None or self.where[1](place))

    def text(self, name: str) -> str:
        lines = [f"- name: {name}"]
        lines += [f'  when: "{self.about[0]}"'] if self.about else []
        lines += [f'  location: "{self.where[0]}"'] if self.where else []
        lines += [f"  within_km: {self.within_km}"] if self.within_km else []
        return "\n".join(lines)


def draw(draws: random.Random, *, priced: bool) -> Plain:
    where = draws.choice((*WHERE, None))
    near = draws.choice((None, None, 500, 2000)) if where else draws.choice((500, 2000))
    elsewhere = priced and draws.random() < 0.5
    amount = draws.randint(1, 900) * (1 if elsewhere or draws.random() < 0.5 else -1)
    return Plain(draws.choice((*ABOUT, None)), where, near, elsewhere, amount if priced else 0)


def text_of(hard: list[Plain], priced: list[Plain], per: str) -> str:
    require = [rule.text(f"hard-{number}") for number, rule in enumerate(hard)]
    prefer = []
    for number, rule in enumerate(priced):
        text = rule.text(f"priced-{number}") + f"\n  per: {per}\n"
        if rule.elsewhere:
            require.append(f"{text}  hard: false\n  price_minor: {rule.amount}")
        else:
            key = "penalty_minor" if rule.amount > 0 else "credit_minor"
            prefer.append(f"{text}  {key}: {abs(rule.amount)}")
    sections = [("require", require), ("prefer", prefer)]
    return "version: 1\n" + "".join(
        f"{name}:\n" + "\n".join(rules) + "\n" for name, rules in sections if rules
    )


def scene(draws: random.Random) -> tuple[Order, Network]:
    kinds = tuple(LocationKind)
    places = [
        location(
            name,
            kind=draws.choice(kinds),
            rank=draws.randint(0, 3),
            tags=frozenset(draws.sample(TAGS, draws.randint(0, 2))),
        )
        for name in PLACES
    ]
    items = [item(name, tags=frozenset(draws.sample(TAGS, 1))) for name in ITEMS]
    lines = [
        line(number, name, draws.randint(1, 4))
        for number, name in enumerate(draws.sample(ITEMS, draws.randint(1, 3)), start=1)
    ]
    return order(lines, channel=draws.choice(("web", None))), network(items, places)


def blocked(ruling: Ruling, number: int, place: int) -> str | None:
    if ruling.blocked_by is None or ruling.blocked_by[number, place] == NO_RULE:
        return None
    return ruling.rules[int(ruling.blocked_by[number, place])].name


@pytest.mark.parametrize("per", ["line", "unit"])
def test_rules_come_to_what_a_plain_reading_says(per: str) -> None:
    for seed in SEEDS:
        draws = random.Random(seed)
        hard = [draw(draws, priced=False) for _ in range(draws.randint(0, 4))]
        priced = [draw(draws, priced=True) for _ in range(draws.randint(0, 4))]
        placed, net = scene(draws)
        assert placed.destination.coordinates is not None
        away = great_circle_m(
            net.origins.lat_deg, net.origins.lng_deg, placed.destination.coordinates
        )
        lines = resolve_lines(placed, net)
        rule_set = parse_rule_set(text_of(hard, priced, per), file_name="plain.yaml")
        _, ruling = rule_set.at(NOW).decide(placed, lines, net)
        for number, asked in enumerate(lines):
            for place, there in enumerate(net.locations):
                distance_m = int(away[place])
                refusing = (
                    f"hard-{index}"
                    for index, rule in enumerate(hard)
                    if rule.is_about(placed, asked) and not rule.holds(there, distance_m)
                )
                assert blocked(ruling, number, place) == next(refusing, None), seed
                expected = {
                    f"priced-{index}": rule.amount
                    for index, rule in enumerate(priced)
                    if rule.is_about(placed, asked)
                    and rule.holds(there, distance_m) is not rule.elsewhere
                }
                assert amounts(ruling, number, place, Per(per)) == expected, seed


def amounts(ruling: Ruling, number: int, place: int, per: Per) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in ruling.amounts:
        assert each.per is per
        minor = int(each.location_minor[place])
        if each.lines[number] and minor:
            found[ruling.rules[each.rule].name] = minor
    return found


def test_dropping_a_hard_rule_never_costs_more_nor_fills_less() -> None:
    engine = Engine(clock=lambda: 0.0)

    def plan(placed: Order, net: Network, hard: list[Plain]) -> Any:
        levels = stock(**{name: dict.fromkeys(PLACES, 2) for name in ITEMS})
        source = parse_rule_set(text_of(hard, [], "line"), file_name="plain.yaml").at(NOW)
        return engine.plan(request(placed, net, levels, source)).plan

    for seed in SEEDS[:40]:
        draws = random.Random(seed)
        hard = [draw(draws, priced=False) for _ in range(draws.randint(1, 3))]
        placed, net = scene(draws)
        with_all, without_one = plan(placed, net, hard), plan(placed, net, hard[1:])
        left = [
            sum(each.quantity.increments for each in p.unfilled) for p in (with_all, without_one)
        ]
        assert left[1] <= left[0], seed
        if left[0] == left[1]:
            assert without_one.cost.total_minor <= with_all.cost.total_minor, seed


def test_soft_rules_are_money_in_the_optimum_and_the_plan_adds_up() -> None:
    engine = Engine(clock=lambda: 0.0)
    named = 0
    for seed in SEEDS[:60]:
        draws = random.Random(seed)
        priced = [draw(draws, priced=True) for _ in range(draws.randint(1, 4))]
        placed, net = scene(draws)
        levels = stock(**{name: dict.fromkeys(PLACES, 4) for name in ITEMS})
        source = parse_rule_set(text_of([], priced, "unit"), file_name="plain.yaml").at(NOW)
        plan = engine.plan(request(placed, net, levels, source)).plan
        lines = {each.id: each for each in resolve_lines(placed, net)}
        assert placed.destination.coordinates is not None
        away = great_circle_m(
            net.origins.lat_deg, net.origins.lng_deg, placed.destination.coordinates
        )
        expected: dict[str, int] = {}
        for each in plan.lines:
            for part in each.parts:
                place = net.location_index[part.location_id]
                for index, rule in enumerate(priced):
                    holds = rule.holds(net.locations[place], int(away[place]))
                    if rule.is_about(placed, lines[each.line_id]) and holds is not rule.elsewhere:
                        name = f"rule:priced-{index}"
                        amount = rule.amount * part.quantity.increments
                        expected[name] = expected.get(name, 0) + amount
        told = {name: amount for name, amount in plan.cost.terms if name.startswith("rule:")}
        assert told == expected, seed
        named += len(told)
    assert named > 30


def test_the_same_rules_in_another_sequence_rule_out_the_same() -> None:
    for seed in SEEDS[:60]:
        draws = random.Random(seed)
        hard = [draw(draws, priced=False) for _ in range(3)]
        placed, net = scene(draws)
        lines = resolve_lines(placed, net)
        rulings = [
            parse_rule_set(text_of(rules, [], "line"), file_name="plain.yaml")
            .at(NOW)
            .decide(replace(placed), lines, net)[1]
            for rules in (hard, hard[::-1])
        ]
        first, second = (each.blocked_by for each in rulings)
        assert first is not None
        assert second is not None
        assert ((first == NO_RULE) == (second == NO_RULE)).all()

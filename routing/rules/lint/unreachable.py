"""Rules that can have no effect, and rules that contradict each other, whatever the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, TypeVar

from routing.rules.compiled import CapacityRule, HardRule, OrderException, StockRule
from routing.rules.lint.relations import (
    always_holds,
    days_meet,
    days_within,
    exclude,
    implies,
    never_holds,
    relation_implies,
)
from routing.rules.lint.subject import Found, LintedRules, Remark
from routing.rules.places import Path
from routing.rules.relations import is_related

R = TypeVar("R")

MOST_COMPARED: Final = 150
"""Rules of a kind that are compared with each other: the time grows with their square."""

_LIMITS: Final = ("orders_per_day", "lines_per_day", "units_per_day")


def conditions_without_effect(rules: LintedRules) -> Found:
    """Find conditions that never or always hold."""
    compiled = rules.rule_set.rules
    for path, condition in rules.conditions():
        if never_holds(condition):
            about = "nothing that the rule is about can ship" if _filters(path) else _NO_EFFECT
            yield Remark(path, f"never holds: {about}")
    for hard in compiled.hard:
        if always_holds(hard.location) and not is_related(hard.source):
            path = (*rules.path_of(hard.source), "location")
            yield Remark(path, "holds for every location: the rule rules nothing out")
    for priced in compiled.priced:
        everywhere = always_holds(priced.location) and not is_related(priced.source)
        if priced.elsewhere and everywhere:
            path = (*rules.path_of(priced.source), "location")
            yield Remark(path, "holds for every location: nobody ever pays the price")


_NO_EFFECT: Final = "the rule has no effect"


def _filters(path: Path) -> bool:
    return path[0] == "require" and path[-1] == "location"


def contradictions(rules: LintedRules) -> Found:
    """Find hard rules that together leave no location."""
    hard = rules.rule_set.rules.hard[:MOST_COMPARED]
    for first, second in _pairs(hard):
        if (
            days_meet(first.source, second.source)
            and exclude(first.location, second.location)
            and not exclude(first.when, second.when)
            and not never_holds(first.location)
            and not never_holds(second.location)
        ):
            yield Remark(
                (*rules.path_of(second.source), "location"),
                f"contradicts rule {first.source.name}: no location meets both, and what both are "
                "about cannot ship; narrow the when of one of them",
            )


def rules_behind_others(rules: LintedRules) -> Found:
    """Find hard rules that only rule out what an earlier one rules out, too."""
    hard = rules.rule_set.rules.hard[:MOST_COMPARED]
    for number, second in enumerate(hard):
        if always_holds(second.location) and not is_related(second.source):
            continue
        first = next((each for each in hard[:number] if _covers(each, second)), None)
        if first is not None:
            yield Remark(
                rules.path_of(second.source),
                f"never decides anything: rule {first.source.name} already rules out all that "
                "it would",
            )


def _covers(first: HardRule, second: HardRule) -> bool:
    return (
        days_within(second.source, first.source)
        and implies(second.when, first.when)
        and implies(first.location, second.location)
        and relation_implies(first.source, second.source)
    )


def exceptions_behind_others(rules: LintedRules) -> Found:
    """Find exceptions whose every key a later one sets again for the same orders."""
    for first, second in _pairs(rules.rule_set.rules.exceptions[:MOST_COMPARED]):
        if (
            _keys(first) <= _keys(second)
            and days_within(first.source, second.source)
            and implies(first.when, second.when)
        ):
            yield Remark(
                rules.path_of(first.source),
                f"has no effect: exception {second.source.name}, after it, sets the same keys for "
                "the same orders",
            )
    for each in rules.rule_set.rules.exceptions:
        if not _keys(each):
            yield Remark(rules.path_of(each.source), "sets no key; give strategy, cost or split")


def stock_behind_others(rules: LintedRules) -> Found:
    """Find safety stock that another rule always outdoes."""
    stock = rules.rule_set.rules.stock[:MOST_COMPARED]
    for number, low in enumerate(stock):
        high = next((each for each in stock if _keeps_as_much(each, low, stock[:number])), None)
        if high is not None:
            message = f"has no effect: rule {high.source.name} always keeps as much"
            yield Remark(rules.path_of(low.source), message)


def _keeps_as_much(high: StockRule, low: StockRule, before: Sequence[StockRule]) -> bool:
    """Tell whether a rule outdoes another one; of two equal ones the earlier does."""
    if high is low or not _is_inside(low, high) or high.source.units < low.source.units:
        return False
    equal = high.source.units == low.source.units and _is_inside(high, low)
    return not equal or high in before


def _is_inside(inner: StockRule, outer: StockRule) -> bool:
    return (
        days_within(inner.source, outer.source)
        and implies(inner.item, outer.item)
        and implies(inner.location, outer.location)
    )


def capacity_behind_others(rules: LintedRules) -> Found:
    """Find capacity that another rule always undercuts."""
    capacity = rules.rule_set.rules.capacity[:MOST_COMPARED]
    for number, wide in enumerate(capacity):
        tight = next((each for each in capacity if _is_tight(each, wide, capacity[:number])), None)
        if tight is not None:
            message = f"has no effect: rule {tight.source.name} is always as tight"
            yield Remark(rules.path_of(wide.source), message)


def _is_tight(tight: CapacityRule, wide: CapacityRule, before: Sequence[CapacityRule]) -> bool:
    """Tell whether a rule undercuts another one; of two equal ones the earlier does."""
    if tight is wide or not _limits_as_much(tight, wide):
        return False
    return tight in before or not _limits_as_much(wide, tight)


def _limits_as_much(tight: CapacityRule, wide: CapacityRule) -> bool:
    limits = [(getattr(tight.source, name), getattr(wide.source, name)) for name in _LIMITS]
    return (
        all(mine is None or (its is not None and its <= mine) for its, mine in limits)
        and days_within(wide.source, tight.source)
        and implies(wide.location, tight.location)
    )


def too_many_to_compare(rules: LintedRules) -> Found:
    """Say where only some rules were compared with each other."""
    compiled = rules.rule_set.rules
    for name, kind in (
        ("require", compiled.hard),
        ("safety_stock", compiled.stock),
        ("capacity", compiled.capacity),
        ("exceptions", compiled.exceptions),
    ):
        if len(kind) > MOST_COMPARED:
            message = f"has {len(kind)} rules; only the first {MOST_COMPARED} were compared"
            yield Remark((name,), message)


def rules_of_the_past(rules: LintedRules, today: date) -> Found:
    """Find rules that are over."""
    for path, rule in rules.read.all_rules():
        if rule.until is not None and rule.until < today:
            yield Remark((*path, "until"), f"was {rule.until}: the rule is over; remove it")


def _keys(exception: OrderException) -> set[tuple[str, str]]:
    source = exception.source
    found = {("strategy", "")} if source.strategy is not None else set()
    for section in ("cost", "split"):
        found |= {(section, key) for key in getattr(source, section).model_fields_set}
    return found


def _pairs(rules: Sequence[R]) -> Iterator[tuple[R, R]]:
    """Yield every two rules, the earlier one first."""
    for number, second in enumerate(rules):
        for first in rules[:number]:
            yield first, second

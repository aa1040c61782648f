"""What a rule set says about one order at one moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from routing.ids import ItemId, LineId
from routing.item import BackorderPolicy, ItemTracking
from routing.network import Network
from routing.order import Order
from routing.quick import quick
from routing.rules.compiled import CompiledRules
from routing.rules.conditions.condition import Condition
from routing.rules.conditions.facts import item_facts, line_facts, order_facts
from routing.rules.conditions.situation import Situation
from routing.rules.knobs import turned
from routing.rules.location_sets import LocationSets
from routing.rules.relations import Relations, is_by_line, is_related
from routing.rules.schema.base import Rule
from routing.rules.schema.towards import Towards
from routing.sourcing.policy import Overrides, Policy
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.ruling import (
    NO_RULE,
    Bool,
    Int16,
    Int64,
    NamedRule,
    RuleAmount,
    RuleExpiry,
    RuleShelfLife,
    Ruling,
)

if TYPE_CHECKING:
    from routing.rules.rule_set import RuleSet


@quick
@dataclass(frozen=True, slots=True)
class RulesAtTime:
    """A rule set at a moment, with what a request overrides: a `PolicySource`.

    Attributes
    ----------
    decision_time
        Aware; decides which dated rules hold.
    left_out
        Names of rules to pass over, for the question what they stand in the way of.
    """

    rule_set: RuleSet
    decision_time: datetime
    overrides: Overrides
    left_out: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What plans call the rule set."""
        return self.rule_set.name

    def decide(
        self, order: Order, lines: Sequence[ResolvedLine], network: Network
    ) -> tuple[Policy, Ruling]:
        """Return the knobs for an order, and what the rules say about its lines.

        Parameters
        ----------
        lines
            The order's lines as the sourcing problem has them, sorted by id.

        Raises
        ------
        RuleEvaluationError
            If a condition has no answer for the order.
        """
        if self.rule_set.is_silent:
            return self.overrides.over(self.rule_set.policy), self.rule_set.silent
        rules = self.rule_set.on(self.decision_time).without(self.left_out)
        if rules.are_silent:
            return self.overrides.over(self.rule_set.policy), self.rule_set.silent
        sets = self.rule_set.for_network(network)
        asked = _Asked(order, lines, Relations(order, network))
        timed = self.rule_set.timed(network, rules.promise) if rules.promise else None
        ruling = Ruling(
            rules=rules.named,
            blocked_by=_blocked(rules, sets, asked),
            amounts=_amounts(rules, sets, asked),
            **_safety_stock(rules, sets, lines),
            capacity=sets.capacity(rules.capacity),
            backorder=_backorder(rules, asked, order, lines),
            shelf_life=_shelf_life(rules, asked, lines),
            expiry=_expiry(rules, asked, self._day_of(order.placed_time).toordinal()),
            volume=sets.volume(rules.volume, self._day_of(self.decision_time)),
            network=timed,
        )
        return self._policy(rules, asked), ruling

    def without(self, names: Collection[str]) -> RulesAtTime:
        """Return the same but for some rules; see `PolicySource.without`."""
        return replace(self, left_out=self.left_out | frozenset(names))

    def policies(self) -> tuple[Policy, ...]:
        """Return the knobs that can hold for an order: without and with each exception alone."""
        return tuple(self.overrides.over(each) for each in self.rule_set.policies())

    def restrictions(
        self, order: Order, lines: Sequence[ResolvedLine], network: Network
    ) -> tuple[NamedRule, ...]:
        """Return the rules that can keep lines from being filled; see `PolicySource`."""
        rules = self.rule_set.on(self.decision_time).without(self.left_out)
        sets = self.rule_set.for_network(network)
        asked = _Asked(order, lines, Relations(order, network))
        found: list[Rule] = [
            each.source
            for each in rules.hard
            if any(asked.hold(each.when))
            and (is_related(each.source) or not sets.hard[each.index].all())
        ]
        found += [each.source for each in rules.stock if sets.stock[each.index].any()]
        found += [each.source for each in rules.capacity]
        found += [
            each.source
            for each in rules.shelf_life
            if any(
                held and _has_lots(line)
                for line, held in zip(lines, asked.hold(each.when), strict=True)
            )
        ]
        found += [each.source for each in rules.exceptions if each.when.holds(asked.order)]
        return tuple(NamedRule(each.name, each.because) for each in found)

    def _day_of(self, time: datetime) -> date:
        """Return the day of an aware time in the rule set's time zone."""
        return time.astimezone(self.rule_set.rules.zone).date()

    def _policy(self, rules: CompiledRules, asked: _Asked) -> Policy:
        policy = self.rule_set.policy
        for each in rules.exceptions:
            if each.when.holds(asked.order):
                source = each.source
                policy = turned(policy, source.strategy, source.cost, source.split)
        return self.overrides.over(policy)


class _Asked:
    """What conditions are asked about: the order, its lines, and where it goes.

    Facts are gathered when the first condition asks: many rule sets have none.
    """

    def __init__(self, order: Order, lines: Sequence[ResolvedLine], relations: Relations) -> None:
        self._order = order
        self._lines = lines
        self._relations = relations

    @cached_property
    def order(self) -> Situation:
        """The order alone."""
        return Situation(order=order_facts(self._order, self._lines))

    @cached_property
    def lines(self) -> list[Situation]:
        """The order with each of its lines."""
        facts = self.order.facts["order"]
        return [Situation(order=facts, line=line_facts(line)) for line in self._lines]

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def where(self, rule: Towards, number: int) -> Bool:
        """Return bool ``[l]``: where a rule's relations hold for one of the lines."""
        return self._relations.where(rule, self._lines[number])

    def hold(self, when: Condition | None) -> list[bool]:
        """Return per line whether a condition holds; everywhere without one."""
        if when is None:
            return [True] * self.count
        if "line" not in when.subjects:
            return [when.holds(self.order)] * self.count
        return [when.holds(line) for line in self.lines]


def _blocked(rules: CompiledRules, sets: LocationSets, asked: _Asked) -> Int16 | None:
    if not rules.hard or not asked.count:
        return None
    holds = [(each, asked.hold(each.when)) for each in rules.hard]
    plain = [(each.index, held) for each, held in holds if not is_related(each.source)]
    blocked = np.stack(
        [
            sets.blocked_by(tuple(index for index, held in plain if held[number]))
            for number in range(asked.count)
        ]
    )
    for each, held in holds:
        for number in np.flatnonzero(held).tolist() if is_related(each.source) else []:
            refused = ~(sets.hard[each.index] & asked.where(each.source, number))
            row = blocked[number]
            row[refused & ((row == NO_RULE) | (row > each.index))] = each.index
    return blocked


def _amounts(rules: CompiledRules, sets: LocationSets, asked: _Asked) -> tuple[RuleAmount, ...]:
    found = []
    for each in rules.priced:
        held: Bool = np.array(asked.hold(each.when), dtype=np.bool_)
        if held.any():
            known = sets.priced_minor.get(each.index)
            if known is not None:
                found.append(RuleAmount(each.index, each.per, held, known))
                continue
            for lines in _apart(held) if is_by_line(each.source) else (held,):
                number = int(np.flatnonzero(lines)[0])
                there = sets.where(each.location) & asked.where(each.source, number)
                minor = np.where(there != each.elsewhere, each.amount_minor, 0)
                found.append(RuleAmount(each.index, each.per, lines, minor))
    return tuple(found)


def _expiry(rules: CompiledRules, asked: _Asked, today: int) -> tuple[RuleExpiry, ...]:
    found = []
    for each in rules.expiry:
        held: Bool = np.array(asked.hold(each.when), dtype=np.bool_)
        if held.any():
            steps = [(step.over_days, step.unit_minor) for step in each.source.steps]
            over_days, unit_minor = np.array(steps, dtype=np.int64).T
            found.append(RuleExpiry(each.index, held, today, over_days, unit_minor))
    return tuple(found)


def _apart(held: Bool) -> Iterator[Bool]:
    """Yield a mask for each line that is held."""
    for number in np.flatnonzero(held):
        yield np.arange(held.size) == number


class _Kept(TypedDict):
    safety_stock: dict[ItemId, Int64]
    safety_rule: dict[ItemId, Int16]


def _safety_stock(rules: CompiledRules, sets: LocationSets, lines: Sequence[ResolvedLine]) -> _Kept:
    kept = _Kept(safety_stock={}, safety_rule={})
    if not rules.stock:
        return kept
    for item in {use.item.id: use.item for line in lines for use in line.uses}.values():
        situation = Situation(item=item_facts(item))
        most = np.zeros(sets.size, dtype=np.int64)
        by = np.full(sets.size, NO_RULE, dtype=np.int16)
        for each in rules.stock:
            if each.item is None or each.item.holds(situation):
                units = each.source.units * item.increments_per_unit
                more = sets.stock[each.index] & (units > most)
                most[more] = units
                by[more] = each.index
        if most.any():
            kept["safety_stock"][item.id] = most
            kept["safety_rule"][item.id] = by
    return kept


def _backorder(
    rules: CompiledRules, asked: _Asked, order: Order, lines: Sequence[ResolvedLine]
) -> dict[LineId, BackorderPolicy]:
    if not rules.backorder:
        return {}
    own = {line.id for line in order.lines if line.backorder_policy is not None}
    found: dict[LineId, BackorderPolicy] = {}
    for each in rules.backorder:
        for line, held in zip(lines, asked.hold(each.when), strict=True):
            if held and line.id not in own:
                found.setdefault(line.id, BackorderPolicy(each.source.policy))
    return found


def _shelf_life(
    rules: CompiledRules, asked: _Asked, lines: Sequence[ResolvedLine]
) -> dict[LineId, RuleShelfLife]:
    """Return the greatest number of days that rules ask for each line, if it asks for less."""
    found: dict[LineId, RuleShelfLife] = {}
    for each in rules.shelf_life:
        for line, held in zip(lines, asked.hold(each.when), strict=True):
            known = found.get(line.id)
            least = line.min_shelf_life_days if known is None else known.days
            if held and each.source.days > least and _has_lots(line):
                found[line.id] = RuleShelfLife(each.index, each.source.days)
    return found


def _has_lots(line: ResolvedLine) -> bool:
    return any(use.item.tracking is ItemTracking.LOT for use in line.uses)

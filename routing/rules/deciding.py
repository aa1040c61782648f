"""What a rule set says about one order at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from routing.ids import ItemId
from routing.network import Network
from routing.order import Order
from routing.rules.compiled import CompiledRules
from routing.rules.conditions.condition import Condition
from routing.rules.conditions.facts import item_facts, line_facts, order_facts
from routing.rules.conditions.situation import Situation
from routing.rules.knobs import turned
from routing.rules.location_sets import LocationSets
from routing.sourcing.policy import Overrides, Policy
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.ruling import Bool, Int16, Int64, RuleAmount, Ruling

if TYPE_CHECKING:
    from routing.rules.rule_set import RuleSet


@dataclass(frozen=True, slots=True)
class RulesAtTime:
    """A rule set at a moment, with what a request overrides: a `PolicySource`.

    Attributes
    ----------
    decision_time
        Aware; decides which dated rules hold.
    """

    rule_set: RuleSet
    decision_time: datetime
    overrides: Overrides

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
        rules = self.rule_set.on(self.decision_time)
        sets = self.rule_set.for_network(network)
        asked = _Asked(order, lines)
        return self._policy(rules, asked), _ruling(rules, sets, asked, lines)

    def policies(self) -> tuple[Policy, ...]:
        """Return the knobs that can hold for an order: without and with each exception alone."""
        plain = self.rule_set.policy
        turning = [each.source for each in self.rule_set.rules.exceptions]
        turned_by = [turned(plain, each.strategy, each.cost, each.split) for each in turning]
        return tuple(self.overrides.over(each) for each in (plain, *turned_by))

    def _policy(self, rules: CompiledRules, asked: _Asked) -> Policy:
        policy = self.rule_set.policy
        for each in rules.exceptions:
            if each.when.holds(asked.order):
                source = each.source
                policy = turned(policy, source.strategy, source.cost, source.split)
        return self.overrides.over(policy)


class _Asked:
    """What conditions are asked about: the order, and the order with each of its lines."""

    def __init__(self, order: Order, lines: Sequence[ResolvedLine]) -> None:
        facts = order_facts(order, lines)
        self.order = Situation(order=facts)
        self.lines = [Situation(order=facts, line=line_facts(line)) for line in lines]

    def hold(self, when: Condition | None) -> list[bool]:
        """Return per line whether a condition holds; everywhere without one."""
        if when is None:
            return [True] * len(self.lines)
        if "line" not in when.subjects:
            return [when.holds(self.order)] * len(self.lines)
        return [when.holds(line) for line in self.lines]


def _ruling(
    rules: CompiledRules, sets: LocationSets, asked: _Asked, lines: Sequence[ResolvedLine]
) -> Ruling:
    return Ruling(
        rules=rules.named,
        blocked_by=_blocked(rules, sets, asked),
        amounts=_amounts(rules, sets, asked),
        safety_stock=_safety_stock(rules, sets, lines),
        capacity_orders=sets.limit(rules.capacity, "orders_per_day"),
        capacity_lines=sets.limit(rules.capacity, "lines_per_day"),
        capacity_units=sets.limit(rules.capacity, "units_per_day"),
    )


def _blocked(rules: CompiledRules, sets: LocationSets, asked: _Asked) -> Int16 | None:
    if not rules.hard or not asked.lines:
        return None
    holds = [(each.index, asked.hold(each.when)) for each in rules.hard]
    return np.stack(
        [
            sets.blocked_by(tuple(index for index, held in holds if held[number]))
            for number in range(len(asked.lines))
        ]
    )


def _amounts(rules: CompiledRules, sets: LocationSets, asked: _Asked) -> tuple[RuleAmount, ...]:
    found = []
    for each in rules.priced:
        held: Bool = np.array(asked.hold(each.when), dtype=np.bool_)
        if held.any():
            minor = sets.priced_minor[each.index]
            found.append(RuleAmount(each.index, each.per, held, minor))
    return tuple(found)


def _safety_stock(
    rules: CompiledRules, sets: LocationSets, lines: Sequence[ResolvedLine]
) -> dict[ItemId, Int64]:
    kept: dict[ItemId, Int64] = {}
    if not rules.stock:
        return kept
    for item in {use.item.id: use.item for line in lines for use in line.uses}.values():
        situation = Situation(item=item_facts(item))
        for each in rules.stock:
            if each.item is None or each.item.holds(situation):
                units = each.source.units * item.increments_per_unit
                here = np.where(sets.stock[each.index], units, 0)
                kept[item.id] = np.maximum(kept[item.id], here) if item.id in kept else here
    return kept

"""Which locations the rules of a file mean, as arrays: worked out once per state of the network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.location import StockLocation
from routing.rules.compiled import CapacityRule, CompiledRules, VolumeRule
from routing.rules.conditions.condition import Condition
from routing.rules.conditions.facts import location_facts
from routing.rules.conditions.situation import Situation
from routing.rules.periods import last_day, measure_of
from routing.rules.relations import is_related
from routing.sourcing.ruling import NO_RULE, Int16, RuleCapacity, RuleVolume

Bool = NDArray[np.bool_]

MOST_REMEMBERED: Final = 4_096


class LocationSets:
    """The rules of a file matched with the locations of a network, in the network's order.

    Attributes
    ----------
    hard
        Per hard rule, bool ``[l]``: may ship, as far as the location itself decides it.
    priced_minor
        Per priced rule that asks for no destination, int64 ``[l]``: amounts.
    stock
        Per safety stock rule, bool ``[l]``: keeps units.
    """

    __slots__ = (
        "_blocked",
        "_sets",
        "_situations",
        "hard",
        "priced_minor",
        "rules",
        "size",
        "stock",
    )

    def __init__(self, locations: Sequence[StockLocation], rules: CompiledRules) -> None:
        self._situations = [Situation(location=location_facts(each)) for each in locations]
        self._sets: dict[str, Bool] = {}
        self.rules: Final = rules
        self.size: Final = len(locations)
        self.hard: Final = {each.index: self.where(each.location) for each in rules.hard}
        self.priced_minor: Final = {
            each.index: np.where(self.where(each.location) != each.elsewhere, each.amount_minor, 0)
            for each in rules.priced
            if not is_related(each.source)
        }
        self.stock: Final = {each.index: self.where(each.location) for each in rules.stock}
        self._blocked: dict[tuple[int, ...], Int16] = {
            (): np.full(self.size, NO_RULE, dtype=np.int16)
        }

    def where(self, condition: Condition | None) -> Bool:
        """Return bool ``[l]``: where a condition holds; everywhere without one."""
        if condition is None:
            return np.ones(len(self._situations), dtype=np.bool_)
        known = self._sets.get(condition.source)
        if known is None:
            known = np.array([condition.holds(each) for each in self._situations], dtype=np.bool_)
            self._sets[condition.source] = known
        return known

    def blocked_by(self, rules: tuple[int, ...]) -> Int16:
        """Return int16 ``[l]``: the first of some hard rules against each, else `NO_RULE`."""
        known = self._blocked.get(rules)
        if known is None:
            known = self._blocked[()].copy()
            for index in reversed(rules):
                known[~self.hard[index]] = index
            if len(self._blocked) < MOST_REMEMBERED:
                self._blocked[rules] = known
        return known

    def capacity(self, rules: Sequence[CapacityRule]) -> tuple[RuleCapacity, ...]:
        """Return the limits that some rules give."""
        return tuple(
            RuleCapacity(
                each.index,
                self.where(each.location),
                each.source.orders_per_day,
                each.source.lines_per_day,
                each.source.units_per_day,
            )
            for each in rules
        )

    def volume(self, rules: Sequence[VolumeRule], day: date) -> tuple[RuleVolume, ...]:
        """Return the commitments of some rules for the periods that a day falls into."""
        return tuple(
            RuleVolume(
                each.index,
                self.where(each.location),
                measure_of(each.source.period, each.source.of),
                last_day(each.source.period, day),
                each.source.at_least_percent,
                each.source.at_most_percent,
                each.source.price_minor,
            )
            for each in rules
        )

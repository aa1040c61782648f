"""Which rule stands behind a verdict, and in what words."""

from __future__ import annotations

from dataclasses import dataclass

from routing.daily_capacity import Measure
from routing.location_facts import LocationFacts
from routing.quantity import Quantity
from routing.sourcing.build import Sourcing
from routing.sourcing.ruling import NO_RULE, NamedRule, RuleCapacity
from routing.sourcing.verdict import Verdict

_BY_STOCK = (Verdict.OUT_OF_STOCK, Verdict.SHORT)


@dataclass(frozen=True, slots=True)
class RuleReason:
    """A rule that decided a verdict.

    Attributes
    ----------
    detail
        What it does there, to be added to what the verdict says of itself; for
        `Verdict.RULE` it is all there is to say.
    """

    rule: NamedRule
    detail: str


def rule_reason(
    sourcing: Sourcing, locations: LocationFacts, line: int, place: int
) -> RuleReason | None:
    """Return the rule behind the verdict on a line at a place, ``None`` if none is.

    Parameters
    ----------
    place
        The network's index of the location.
    """
    verdict = Verdict(int(sourcing.verdicts[line, place]))
    if verdict is Verdict.RULE:
        return _filter(sourcing, line, place)
    if verdict is Verdict.CAPACITY:
        return _capacity(sourcing, locations, place)
    if verdict is Verdict.SHELF_LIFE:
        return _shelf_life(sourcing, line)
    return _safety_stock(sourcing, line, place) if verdict in _BY_STOCK else None


def _filter(sourcing: Sourcing, line: int, place: int) -> RuleReason | None:
    blocked_by = sourcing.ruling.blocked_by
    if blocked_by is None:
        return None
    rule = sourcing.ruling.rules[int(blocked_by[line, place])]
    because = f": {rule.because}" if rule.because else ""
    return RuleReason(rule, f"rule {rule.name} says no{because}")


def _capacity(sourcing: Sourcing, locations: LocationFacts, place: int) -> RuleReason | None:
    own = {
        Measure.ORDERS: locations.capacity_orders,
        Measure.LINES: locations.capacity_lines,
        Measure.UNITS: locations.capacity_units,
    }
    for measure in sourcing.room.full_measures(place):
        most = int(sourcing.room.most[measure][place])
        if own[measure][place] <= most:
            return None
        for each in sourcing.ruling.capacity:
            if each.where[place] and _limit(each, measure) == most:
                rule = sourcing.ruling.rules[each.rule]
                return RuleReason(rule, f"by rule {rule.name}")
    return None


def _limit(capacity: RuleCapacity, measure: Measure) -> int | None:
    limits = {Measure.ORDERS: capacity.orders, Measure.LINES: capacity.lines}
    return limits.get(measure, capacity.units)


def _shelf_life(sourcing: Sourcing, line: int) -> RuleReason | None:
    resolved = sourcing.lines[line]
    asked = sourcing.ruling.shelf_life.get(resolved.id)
    if asked is None or all(asked.days <= use.item.min_shelf_life_days for use in resolved.uses):
        return None
    rule = sourcing.ruling.rules[asked.rule]
    return RuleReason(rule, f"by rule {rule.name}")


def _safety_stock(sourcing: Sourcing, line: int, place: int) -> RuleReason | None:
    ruling = sourcing.ruling
    for use in sourcing.lines[line].uses:
        kept = ruling.safety_stock.get(use.item.id)
        if kept is None or int(ruling.safety_rule[use.item.id][place]) == NO_RULE:
            continue
        rule = ruling.rules[int(ruling.safety_rule[use.item.id][place])]
        amount = Quantity(int(kept[place]), use.item.quantity_scale)
        return RuleReason(rule, f"beyond the {amount} that rule {rule.name} keeps there")
    return None

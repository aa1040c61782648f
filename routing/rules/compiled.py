"""The rules of a file with their conditions compiled."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from routing.promise.local_time import zone_of
from routing.rules.conditions.condition import Condition
from routing.rules.schema import RuleSetFile
from routing.rules.schema.backorder import Backorder
from routing.rules.schema.base import Rule
from routing.rules.schema.capacity import Capacity
from routing.rules.schema.exception_rule import ExceptionRule
from routing.rules.schema.expiry import Expiry
from routing.rules.schema.prefer import Prefer
from routing.rules.schema.promise import Promise
from routing.rules.schema.require import Require
from routing.rules.schema.safety_stock import SafetyStock
from routing.rules.schema.shelf_life import ShelfLife
from routing.rules.schema.volume import Volume
from routing.sourcing.ruling import NamedRule, Per


@dataclass(frozen=True, slots=True)
class HardRule:
    """Locations that may ship, for lines that it is about.

    Attributes
    ----------
    index
        Into `CompiledRules.named`.
    """

    index: int
    source: Require
    when: Condition | None
    location: Condition | None


@dataclass(frozen=True, slots=True)
class PricedRule:
    """An amount on locations, for lines that it is about.

    Attributes
    ----------
    elsewhere
        Whether the amount is for the locations for which the condition does not hold.
    amount_minor
        A credit below 0.
    """

    index: int
    source: Require | Prefer
    when: Condition | None
    location: Condition | None
    elsewhere: bool
    amount_minor: int
    per: Per


@dataclass(frozen=True, slots=True)
class StockRule:
    """Units of some items that stay at some locations."""

    index: int
    source: SafetyStock
    item: Condition | None
    location: Condition | None


@dataclass(frozen=True, slots=True)
class CapacityRule:
    """Limits per local day at some locations."""

    index: int
    source: Capacity
    location: Condition | None


@dataclass(frozen=True, slots=True)
class BackorderRule:
    """Whether some lines may wait."""

    source: Backorder
    when: Condition | None


@dataclass(frozen=True, slots=True)
class ShelfLifeRule:
    """How long units of some lines must keep."""

    index: int
    source: ShelfLife
    when: Condition | None


@dataclass(frozen=True, slots=True)
class PromiseRule:
    """When some locations ship."""

    source: Promise
    location: Condition | None


@dataclass(frozen=True, slots=True)
class ExpiryRule:
    """Prices of units by how long they keep, for some lines."""

    index: int
    source: Expiry
    when: Condition | None


@dataclass(frozen=True, slots=True)
class VolumeRule:
    """A share of the volume that some locations were promised."""

    index: int
    source: Volume
    location: Condition


@dataclass(frozen=True, slots=True)
class OrderException:
    """Knobs for some orders."""

    source: ExceptionRule
    when: Condition


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """All rules of a file.

    Attributes
    ----------
    named
        Names and reasons, by index.
    """

    named: tuple[NamedRule, ...]
    hard: tuple[HardRule, ...]
    priced: tuple[PricedRule, ...]
    stock: tuple[StockRule, ...]
    capacity: tuple[CapacityRule, ...]
    backorder: tuple[BackorderRule, ...]
    shelf_life: tuple[ShelfLifeRule, ...]
    promise: tuple[PromiseRule, ...]
    expiry: tuple[ExpiryRule, ...]
    volume: tuple[VolumeRule, ...]
    exceptions: tuple[OrderException, ...]
    zone: ZoneInfo

    @property
    def are_silent(self) -> bool:
        """Whether there is nothing to say about any order beyond the knobs."""
        return not (
            self.hard
            or self.priced
            or self.stock
            or self.capacity
            or self.backorder
            or self.shelf_life
            or self.promise
            or self.expiry
            or self.volume
            or self.exceptions
        )

    def on(self, day: date) -> CompiledRules:
        """Return the rules that are in force on a day."""
        return self._only(lambda rule: rule.holds_on(day))

    def without(self, names: Collection[str]) -> CompiledRules:
        """Return the rules but for those of some names."""
        return self._only(lambda rule: rule.name not in names) if names else self

    def _only(self, keep: Callable[[Rule], bool]) -> CompiledRules:
        return CompiledRules(
            self.named,
            tuple(each for each in self.hard if keep(each.source)),
            tuple(each for each in self.priced if keep(each.source)),
            tuple(each for each in self.stock if keep(each.source)),
            tuple(each for each in self.capacity if keep(each.source)),
            tuple(each for each in self.backorder if keep(each.source)),
            tuple(each for each in self.shelf_life if keep(each.source)),
            tuple(each for each in self.promise if keep(each.source)),
            tuple(each for each in self.expiry if keep(each.source)),
            tuple(each for each in self.volume if keep(each.source)),
            tuple(each for each in self.exceptions if keep(each.source)),
            self.zone,
        )


def compile_rules(file: RuleSetFile) -> CompiledRules:
    """Return the rules of a file that was checked."""
    named: list[NamedRule] = []

    def index_of(rule: Rule) -> int:
        named.append(NamedRule(rule.name, rule.because))
        return len(named) - 1

    indexed = [(index_of(rule), rule) for rule in file.require]
    hard = tuple(_hard(index, rule) for index, rule in indexed if rule.hard)
    soft = tuple(_soft(index, rule) for index, rule in indexed if not rule.hard)
    preferred = tuple(_preferred(index_of(rule), rule) for rule in file.prefer)
    return CompiledRules(
        hard=hard,
        priced=soft + preferred,
        stock=tuple(
            StockRule(
                index_of(rule),
                rule,
                _condition(rule, rule.item),
                _condition(rule, rule.location),
            )
            for rule in file.safety_stock
        ),
        capacity=tuple(
            CapacityRule(index_of(rule), rule, _condition(rule, rule.location))
            for rule in file.capacity
        ),
        backorder=tuple(
            BackorderRule(rule, _condition(rule, rule.when)) for rule in file.backorder
        ),
        shelf_life=tuple(
            ShelfLifeRule(index_of(rule), rule, _condition(rule, rule.when))
            for rule in file.shelf_life
        ),
        promise=tuple(PromiseRule(rule, _condition(rule, rule.location)) for rule in file.promise),
        expiry=tuple(
            ExpiryRule(index_of(rule), rule, _condition(rule, rule.when)) for rule in file.expiry
        ),
        volume=tuple(
            VolumeRule(index_of(rule), rule, Condition(rule.name, rule.location))
            for rule in file.volume
        ),
        exceptions=tuple(
            OrderException(rule, Condition(rule.name, rule.when)) for rule in file.exceptions
        ),
        zone=zone_of(file.tz),
        named=tuple(named),
    )


def _condition(rule: Rule, source: str | None) -> Condition | None:
    return None if source is None else Condition(rule.name, source)


def _hard(index: int, rule: Require) -> HardRule:
    return HardRule(index, rule, _condition(rule, rule.when), _condition(rule, rule.location))


def _soft(index: int, rule: Require) -> PricedRule:
    return PricedRule(
        index,
        rule,
        _condition(rule, rule.when),
        _condition(rule, rule.location),
        elsewhere=True,
        amount_minor=rule.price_minor or 0,
        per=Per(rule.per),
    )


def _preferred(index: int, rule: Prefer) -> PricedRule:
    return PricedRule(
        index,
        rule,
        _condition(rule, rule.when),
        _condition(rule, rule.location),
        elsewhere=False,
        amount_minor=(rule.penalty_minor or 0) - (rule.credit_minor or 0),
        per=Per(rule.per),
    )

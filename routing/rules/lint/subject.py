"""What lint checks look at, and what they find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from routing.rules.compiled import (
    BackorderRule,
    CapacityRule,
    ExpiryRule,
    HardRule,
    OrderException,
    PricedRule,
    PromiseRule,
    ShelfLifeRule,
    StockRule,
    VolumeRule,
)
from routing.rules.conditions.condition import Condition
from routing.rules.places import Path
from routing.rules.read_file import ReadFile
from routing.rules.rule_set import RuleSet
from routing.rules.schema.base import Rule


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning: where, and what.

    Attributes
    ----------
    source, offset
        The condition at `path`, and the characters of it before what is meant.
    """

    path: Path
    message: str
    source: str = ""
    offset: int = 0


Found = Iterator[Remark]
AnyRule = (
    HardRule
    | PricedRule
    | StockRule
    | CapacityRule
    | BackorderRule
    | PromiseRule
    | ExpiryRule
    | ShelfLifeRule
    | VolumeRule
    | OrderException
)


@dataclass(frozen=True, slots=True)
class LintedRules:
    """A rule set that can be used, and where its rules stand."""

    rule_set: RuleSet
    read: ReadFile

    def conditions(self) -> Iterator[tuple[Path, Condition]]:
        """Yield every condition with its path."""
        compiled = self.rule_set.rules
        rules: tuple[AnyRule, ...] = (
            *compiled.hard,
            *compiled.priced,
            *compiled.stock,
            *compiled.capacity,
            *compiled.backorder,
            *compiled.shelf_life,
            *compiled.promise,
            *compiled.expiry,
            *compiled.volume,
            *compiled.exceptions,
        )
        for each in rules:
            for key in ("when", "item", "location"):
                condition: Condition | None = getattr(each, key, None)
                if condition is not None:
                    yield (*self.path_of(each.source), key), condition

    def path_of(self, rule: Rule) -> Path:
        """Return where a rule stands."""
        return next(path for path, each in self.read.all_rules() if each is rule)

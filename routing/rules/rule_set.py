"""A rule set that was checked: compiled once, matched with each state of the network once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final

from routing.network import Network
from routing.rules.compiled import CompiledRules, PromiseRule, compile_rules
from routing.rules.deciding import RulesAtTime
from routing.rules.findings import Finding
from routing.rules.kept import Kept
from routing.rules.knobs import turned
from routing.rules.location_sets import LocationSets
from routing.rules.schema import RuleSetFile
from routing.rules.timed_network import timed_network
from routing.sourcing.policy import NOTHING_OVERRIDDEN, Overrides, Policy
from routing.sourcing.ruling import Ruling

NETWORKS_KEPT: Final = 8
DAYS_KEPT: Final = 32


class RuleSet:
    """The fulfillment team's policy; immutable, and safe to use from several threads.

    Attributes
    ----------
    name
        What plans call it: a revision, or ``"preset:NAME"``.
    text
        The file as it was written.
    file
        The same as a model.
    warnings
        What the check found that deserves a look.
    rules
        The rules with their conditions compiled.
    policy
        The knobs for an order that no exception is about.
    silent
        What is said of orders on days on which no rule holds.
    is_silent
        Whether no rule ever holds: there are but knobs.
    """

    __slots__ = (
        "_on",
        "_sets",
        "_timed",
        "file",
        "is_silent",
        "name",
        "policy",
        "rules",
        "silent",
        "text",
        "warnings",
    )

    def __init__(
        self, name: str, text: str, file: RuleSetFile, warnings: tuple[Finding, ...] = ()
    ) -> None:
        self.name: Final = name
        self.text: Final = text
        self.file: Final = file
        self.warnings: Final = warnings
        self.rules: Final[CompiledRules] = compile_rules(file)
        self.policy: Final = turned(
            Policy(name=name, currency=file.currency), file.strategy, file.cost, file.split
        )
        self.silent: Final = Ruling(rules=self.rules.named)
        self.is_silent: Final = self.rules.are_silent
        self._on = lru_cache(maxsize=DAYS_KEPT)(self.rules.on)
        self._sets: Kept[LocationSets] = Kept(NETWORKS_KEPT)
        self._timed: Kept[Network] = Kept(NETWORKS_KEPT)

    def __reduce__(self) -> tuple[Callable[..., RuleSet], tuple[object, ...]]:
        return RuleSet, (self.name, self.text, self.file, self.warnings)

    def at(self, decision_time: datetime, overrides: Overrides | None = None) -> RulesAtTime:
        """Return what the rule set says at a moment, as planning wants it.

        Parameters
        ----------
        decision_time
            Aware; decides which dated rules hold.
        overrides
            What a request says instead.
        """
        return RulesAtTime(self, decision_time, overrides or NOTHING_OVERRIDDEN)

    def on(self, time: datetime) -> CompiledRules:
        """Return the rules that are in force at an aware time."""
        return self._on(time.astimezone(self.rules.zone).date())

    def policies(self) -> tuple[Policy, ...]:
        """Return the knobs that can hold for an order: without and with each exception alone."""
        turning = [each.source for each in self.rules.exceptions]
        turned_by = [turned(self.policy, each.strategy, each.cost, each.split) for each in turning]
        return (self.policy, *turned_by)

    def for_network(self, network: Network) -> LocationSets:
        """Return which locations each rule means; worked out once per state of the network."""
        locations = network.locations
        return self._sets.get(locations, None, lambda: LocationSets(locations, self.rules))

    def timed(self, network: Network, rules: tuple[PromiseRule, ...]) -> Network:
        """Return the network with the calendars that some rules give; made once for each."""
        sets = self.for_network(network)
        key = tuple(each.source.name for each in rules)
        return self._timed.get(network, key, lambda: timed_network(network, sets, rules))

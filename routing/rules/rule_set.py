"""A rule set that was checked: compiled once, matched with each state of the network once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Final

from routing.location import StockLocation
from routing.network import Network
from routing.rules.compiled import CompiledRules, compile_rules
from routing.rules.deciding import RulesAtTime
from routing.rules.findings import Finding
from routing.rules.knobs import turned
from routing.rules.location_sets import LocationSets
from routing.rules.schema import RuleSetFile
from routing.sourcing.policy import Overrides, Policy

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
    """

    __slots__ = ("_kept", "_lock", "_on", "file", "name", "policy", "rules", "text", "warnings")

    def __init__(
        self, name: str, text: str, file: RuleSetFile, warnings: tuple[Finding, ...] = ()
    ) -> None:
        self.name: Final = name
        self.text: Final = text
        self.file: Final = file
        self.warnings: Final = warnings
        self.rules: Final[CompiledRules] = compile_rules(file)
        self.policy: Final = turned(Policy(name=name), file.strategy, file.cost, file.split)
        self._on = lru_cache(maxsize=DAYS_KEPT)(self.rules.on)
        self._kept: OrderedDict[int, tuple[tuple[StockLocation, ...], LocationSets]] = OrderedDict()
        self._lock = Lock()

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
        return RulesAtTime(self, decision_time, overrides or Overrides())

    def on(self, time: datetime) -> CompiledRules:
        """Return the rules that are in force at an aware time."""
        return self._on(time.astimezone(self.rules.zone).date())

    def for_network(self, network: Network) -> LocationSets:
        """Return which locations each rule means; worked out once per state of the network."""
        locations = network.locations
        with self._lock:
            kept = self._kept.get(id(locations))
            # Another tuple may have got the number of one that is gone.
            if kept is not None and kept[0] is locations:
                self._kept.move_to_end(id(locations))
                return kept[1]
        sets = LocationSets(locations, self.rules)
        with self._lock:
            self._kept[id(locations)] = (locations, sets)
            while len(self._kept) > NETWORKS_KEPT:
                self._kept.popitem(last=False)
        return sets

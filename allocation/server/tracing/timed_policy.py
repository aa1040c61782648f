"""A rule set that notes how long it takes to decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from allocation.server.tracing.stage_log import StageLog
from routing.network import Network
from routing.order import Order
from routing.sourcing.policy import Policy, PolicySource
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.ruling import NamedRule, Ruling


class TimedPolicy:
    """Decides as another does; see `PolicySource`."""

    def __init__(self, source: PolicySource, log: StageLog) -> None:
        self._source = source
        self._log = log

    @property
    def name(self) -> str:
        """Where the policy comes from."""
        return self._source.name

    def decide(
        self, order: Order, lines: Sequence[ResolvedLine], network: Network
    ) -> tuple[Policy, Ruling]:
        """Return the knobs for an order, and what rules say about its lines."""
        with self._log.timed("rules"):
            return self._source.decide(order, lines, network)

    def restrictions(
        self, order: Order, lines: Sequence[ResolvedLine], network: Network
    ) -> tuple[NamedRule, ...]:
        """Return the rules that can keep some of these lines from being filled."""
        return self._source.restrictions(order, lines, network)

    def without(self, names: Collection[str]) -> PolicySource:
        """Return the same but for the rules of these names."""
        return self._source.without(names)

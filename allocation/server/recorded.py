"""Decisions as they are recorded, ready to be made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from allocation.errors import InvalidRequestError
from allocation.ledger.errors import PlanNotFoundError
from allocation.server.begun_now import begun_now
from allocation.server.codec.decision import ENGINE_VERSION
from allocation.server.codec.recorded_stock import decode_stock
from allocation.server.codec.stored_plan import first_answer
from allocation.server.planning import Planning, Prepared
from allocation.server.rule_sets import RuleSets
from allocation.server.shipped import preset_of, state_of
from allocation.store.api import Store
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import decision_pb2, plan_pb2
from routing.errors import Violation
from routing.rules.rule_set import RuleSet


@dataclass(frozen=True, slots=True)
class RecordedDecisions:
    """Finds recorded decisions, and everything that they depended on.

    Attributes
    ----------
    planning
        Decodes, as it does for Allocate.
    rule_sets
        Has the rule sets that decided.
    store
        Keeps plans and the records of their decisions.
    now
        Wall clock: aware UTC datetimes.
    """

    planning: Planning
    rule_sets: RuleSets
    store: Store
    now: Callable[[], datetime]

    def decision(self, plan_id: str) -> tuple[decision_pb2.DecisionRecord, plan_pb2.Plan]:
        """Return the record of a decision, and the plan as it was made.

        Raises
        ------
        PlanNotFoundError
            No decision is recorded under that id.
        """
        content = self.store.decisions.find(plan_id)
        if content is None:
            raise PlanNotFoundError(plan_id)
        record = decision_pb2.DecisionRecord.FromString(content)
        return record, self._recorded(plan_id, record)

    def prepared(
        self, record: decision_pb2.DecisionRecord, recorded: plan_pb2.Plan, budget_s: float
    ) -> Prepared:
        """Return a recorded request with everything that its answer depended on.

        Raises
        ------
        InvalidRequestError
            This version of the program asks more of requests than the one that decided.
        """
        shipped = self._shipped(record)
        base = None if shipped is None else state_of(shipped)
        state = self.planning.store.at(record.network_version, base)
        now = record.decision_time.ToDatetime(UTC)
        rules = self._rules(recorded.basis.rule_set_revision, shipped)
        try:
            decoded = self.planning.decoder.decode(record.request, state, now, rules)
        except InvalidRequestError as error:
            raise _not_accepted(recorded.id, record.engine_version, error) from error
        request = replace(decoded.request, budget_s=budget_s)
        if record.HasField("stock"):
            places = [location.id for location in request.network.locations]
            request = begun_now(replace(request, stock=decode_stock(record.stock, places)))
        return Prepared(state, decoded, request, None)

    def _recorded(self, plan_id: str, record: decision_pb2.DecisionRecord) -> plan_pb2.Plan:
        if record.answer:
            return pb.AllocateResponse.FromString(record.answer).plan
        return first_answer(self.store.ledger.get_plan(plan_id, now=self.now())).plan

    def _shipped(self, record: decision_pb2.DecisionRecord) -> bytes | None:
        """Return what the version that decided came with; ``None``: what this one comes with."""
        if record.shipped_data in (b"", self.planning.shipped_digest):
            return None
        return self.store.decisions.content(record.shipped_data)

    def _rules(self, name: str, shipped: bytes | None) -> RuleSet:
        known = None if shipped is None else preset_of(shipped, name)
        return self.rule_sets.find(name) if known is None else known


def _not_accepted(plan_id: str, version: str, error: InvalidRequestError) -> InvalidRequestError:
    """Return the error for a record of which nothing is wrong but its age."""
    problems = "; ".join(map(str, error.violations))
    what = (
        f"the decision on plan {plan_id!r} was recorded by version {version}, and this version "
        f"({ENGINE_VERSION}) does not accept its request any more: {problems}; ask a server of "
        f"version {version}"
    )
    return InvalidRequestError([Violation("plan_id", what)])

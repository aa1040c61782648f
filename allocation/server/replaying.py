"""ReplayPlan: a recorded decision made again, byte for byte."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import Final

from allocation.server.budget import Deadline
from allocation.server.codec.decision import ENGINE_VERSION
from allocation.server.codec.plan_calls import decode_plan_id
from allocation.server.codec.stored_plan import mark_held
from allocation.server.planner import Planner
from allocation.server.planning import answer_to
from allocation.server.recorded import RecordedDecisions
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import decision_pb2, plan_pb2, proof_pb2

_OTHER_CHOICES: Final = frozenset({"explanation", "alternatives"})
"""Fields about what else could have been; the etag of a plan without a hold depends on them."""

_DECISION: Final = frozenset(plan_pb2.Plan.DESCRIPTOR.fields_by_name) - _OTHER_CHOICES - {"etag"}


@dataclass(frozen=True, slots=True)
class Replaying:
    """Makes recorded decisions again, by the code that serves Allocate.

    Attributes
    ----------
    recorded
        Has the records.
    planner
        The engine.
    pool
        Where planning runs.
    """

    recorded: RecordedDecisions
    planner: Planner
    pool: WorkerPool

    async def replay(
        self, message: pb.ReplayPlanRequest, deadline: Deadline
    ) -> pb.ReplayPlanResponse:
        """Return the decision as it was made and as it is made now.

        Raises
        ------
        PlanNotFoundError
            No decision is recorded under that id.
        allocation.errors.EngineError
            It cannot be made again.
        """
        plan_id = decode_plan_id(message)
        return await self.pool.run(lambda: self._replay(plan_id, deadline))

    def _replay(self, plan_id: str, deadline: Deadline) -> pb.ReplayPlanResponse:
        record, recorded = self.recorded.decision(plan_id)
        replayed = self._again(record, recorded, deadline)
        differing = _differing_fields(recorded, replayed)
        return pb.ReplayPlanResponse(
            identical=not differing,
            recorded=recorded,
            replayed=replayed,
            differing_fields=differing,
            recorded_engine_version=record.engine_version,
            engine_version=ENGINE_VERSION,
            caveats=_caveats(record, recorded, replayed, differing),
        )

    def _again(
        self, record: decision_pb2.DecisionRecord, recorded: plan_pb2.Plan, deadline: Deadline
    ) -> plan_pb2.Plan:
        # As much time as the search had then, as far as this call's deadline allows.
        budget_s = deadline.budget_s(record.solve_budget.ToTimedelta().total_seconds())
        prepared = self.recorded.prepared(record, recorded, budget_s)
        plan = answer_to(prepared, self.planner.plan(prepared.request), 0.0).plan
        if recorded.state == plan_pb2.PLAN_STATE_HELD:
            mark_held(plan, recorded.expire_time.ToDatetime(UTC))
        _take_over_lots(recorded, plan)
        return plan


def _take_over_lots(recorded: plan_pb2.Plan, plan: plan_pb2.Plan) -> None:
    """Name the lots that the ledger chose when it held, where the units are the same.

    Which lot an item that is not tracked by lot is taken from is no part of the decision.
    """
    if _units(recorded) == _units(plan):
        del plan.reservations[:]
        plan.reservations.extend(recorded.reservations)


def _units(plan: plan_pb2.Plan) -> dict[tuple[str, int, str, str, bool], Decimal]:
    sums: dict[tuple[str, int, str, str, bool], Decimal] = {}
    for row in plan.reservations:
        key = row.line_id, row.part, row.inventory_item_id, row.location_id, row.backordered
        sums[key] = sums.get(key, Decimal(0)) + Decimal(row.quantity.value)
    return sums


def _differing_fields(recorded: plan_pb2.Plan, replayed: plan_pb2.Plan) -> list[str]:
    """Return the fields whose bytes differ, in the order of the contract."""
    if recorded.SerializeToString(deterministic=True) == replayed.SerializeToString(
        deterministic=True
    ):
        return []
    found = []
    for field in plan_pb2.Plan.DESCRIPTOR.fields:
        one, other = plan_pb2.Plan(), plan_pb2.Plan()
        for source, target in ((recorded, one), (replayed, other)):
            target.MergeFrom(source)
            for each in plan_pb2.Plan.DESCRIPTOR.fields:
                if each.name != field.name:
                    target.ClearField(each.name)
        if one.SerializeToString(deterministic=True) != other.SerializeToString(deterministic=True):
            found.append(field.name)
    return found


def _caveats(
    record: decision_pb2.DecisionRecord,
    recorded: plan_pb2.Plan,
    replayed: plan_pb2.Plan,
    differing: Collection[str],
) -> list[str]:
    caveats = []
    limits = (recorded.proof.limit, replayed.proof.limit)
    if proof_pb2.SOLVE_LIMIT_TIME in limits:
        caveats.append("the search was cut short by time, which is never twice the same")
    elif not _OTHER_CHOICES.isdisjoint(differing) and _DECISION.isdisjoint(differing):
        caveats.append(
            "the plan itself is the same; other choices are looked into for as long as time is "
            "left, which is never twice the same"
        )
    if record.engine_version != ENGINE_VERSION:
        caveats.append(
            f"version {record.engine_version} decided, and this is version {ENGINE_VERSION}"
        )
    return caveats

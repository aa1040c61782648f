"""ExplainPlan: why a recorded decision came out as it did, from the decision itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from allocation.server.budget import Deadline
from allocation.server.codec.findings import Findings
from allocation.server.codec.policy import MOST_ASKED_ABOUT
from allocation.server.codec.text import decode_id, decode_words
from allocation.server.planner import Planner
from allocation.server.planning import answer_to
from allocation.server.recorded import RecordedDecisions
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2
from routing.ids import LocationId

BUDGET_S: Final = 5.0
"""An explanation plans again and again, so it may take longer than a plan."""

OTHERWISE: Final = "note: made again, the order ships otherwise than it did; this explains the new"


@dataclass(frozen=True, slots=True)
class Explaining:
    """Plans a recorded request once more, by the code that serves Allocate, and explains that.

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

    async def explain(
        self, message: pb.ExplainPlanRequest, deadline: Deadline
    ) -> pb.ExplainPlanResponse:
        """Return the explanation of a plan.

        Raises
        ------
        PlanNotFoundError
            No decision is recorded under that id.
        allocation.errors.EngineError
            It cannot be made again.
        """
        findings = Findings()
        plan_id = decode_id(message.plan_id, "plan_id", findings)
        decode_words(message.location_ids, "location_ids", findings)
        if len(message.location_ids) > MOST_ASKED_ABOUT:
            count = len(message.location_ids)
            findings.refuse("location_ids", f"has {count} entries; give at most {MOST_ASKED_ABOUT}")
        findings.raise_if_refused()
        # In the order in which they are asked about, each once.
        asked = tuple(LocationId(each) for each in dict.fromkeys(message.location_ids))
        return await self.pool.run(lambda: self._explain(plan_id, asked, deadline))

    def _explain(
        self, plan_id: str, asked: tuple[LocationId, ...], deadline: Deadline
    ) -> pb.ExplainPlanResponse:
        record, recorded = self.recorded.decision(plan_id)
        prepared = self.recorded.prepared(record, recorded, deadline.budget_s(BUDGET_S))
        request = replace(prepared.request, explain=True, ask_about=asked)
        plan = answer_to(prepared, self.planner.plan(request), 0.0).plan
        explanation = plan.explanation
        if _choice(plan) != _choice(recorded):
            explanation.sentences.insert(0, OTHERWISE)
        return pb.ExplainPlanResponse(explanation=explanation)


def _choice(plan: plan_pb2.Plan) -> list[tuple[str, str, str]]:
    """Return what leaves where: not when, nor with which carrier service."""
    return [
        (line.line_id, part.location_id, part.quantity.value)
        for line in plan.lines
        for part in line.parts
    ]

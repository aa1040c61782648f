"""`allocation.v1.RuleService`: checking, storing, activating and trying rule sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from allocation.server.budget import Deadline
from allocation.server.rule_calls import RuleCalls
from allocation.server.rule_trial import RuleTrial
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import rule_service_pb2 as pb
from allocation.v1 import rule_service_pb2_grpc

T = TypeVar("T")


class RuleServicer(rule_service_pb2_grpc.RuleServiceServicer):
    """Serves rule sets.

    Parameters
    ----------
    calls
        Answers everything but trials.
    trial
        Plans orders under a rule set.
    rule_pool
        Where `calls` wait for the store.
    planning_pool
        Where `trial` plans.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        calls: RuleCalls,
        trial: RuleTrial,
        rule_pool: WorkerPool,
        planning_pool: WorkerPool,
        clock: Callable[[], float],
    ) -> None:
        self._calls = calls
        self._trial = trial
        self._rule_pool = rule_pool
        self._planning_pool = planning_pool
        self._clock = clock

    async def ValidateRules(  # noqa: N802
        self,
        request: pb.ValidateRulesRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ValidateRulesResponse:
        """Check a rule set and its cases."""
        return await self._rule_pool.run(lambda: self._calls.validate(request))

    async def PutRules(  # noqa: N802
        self,
        request: pb.PutRulesRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.PutRulesResponse:
        """Store a revision as DRAFT."""
        return await self._rule_pool.run(lambda: self._calls.put(request))

    async def ActivateRules(  # noqa: N802
        self,
        request: pb.ActivateRulesRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ActivateRulesResponse:
        """Make a revision the one that decides."""
        return await self._rule_pool.run(lambda: self._calls.activate(request))

    async def ListRules(  # noqa: N802
        self,
        request: pb.ListRulesRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ListRulesResponse:
        """List revisions, newest first."""
        return await self._rule_pool.run(lambda: self._calls.list_rules(request))

    async def ListActivations(  # noqa: N802
        self,
        request: pb.ListActivationsRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ListActivationsResponse:
        """List activations, latest first."""
        return await self._rule_pool.run(lambda: self._calls.list_activations(request))

    async def GetRules(  # noqa: N802
        self,
        request: pb.GetRulesRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.GetRulesResponse:
        """Return one revision."""
        return await self._rule_pool.run(lambda: self._calls.get(request))

    async def TryRules(  # noqa: N802
        self,
        request: pb.TryRulesRequest,
        context: Any,
    ) -> pb.TryRulesResponse:
        """Plan orders under a rule set and hold nothing."""
        deadline = Deadline.after(context.time_remaining(), self._clock)
        return await self._planning_pool.run(lambda: self._trial.run(request, deadline))

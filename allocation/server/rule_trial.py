"""Orders under a rule set that does not decide yet: planned, never held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allocation.errors import InvalidRequestError, RequestTooLargeError
from allocation.server.budget import Deadline
from allocation.server.codec.findings import Findings
from allocation.server.planning import Planning
from allocation.server.rule_sets import RuleSets
from allocation.server.rule_texts import check_size, usable_rules
from allocation.v1 import allocation_service_pb2, plan_pb2
from allocation.v1 import rule_service_pb2 as pb
from routing.rules import RuleSet

MOST_ORDERS: Final = 1_000
TRIED: Final = "try"
"""What plans call a rule set that is not stored."""


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """Plans orders as Allocate would, under another rule set."""

    planning: Planning
    rule_sets: RuleSets

    def run(self, request: pb.TryRulesRequest, deadline: Deadline) -> pb.TryRulesResponse:
        """Return one plan per order.

        Raises
        ------
        InvalidRequestError
            With every violation of the first order that has any, under its path.
        RequestTooLargeError
            There are more than 1,000 orders.
        EngineError
            As for Allocate, and `RulesInvalidError` for the text of a rule set.
        """
        rules = self._rules(request)
        plans = [
            self._plan(number, order, rules, deadline)
            for number, order in enumerate(request.orders)
        ]
        return pb.TryRulesResponse(plans=plans)

    def _rules(self, request: pb.TryRulesRequest) -> RuleSet:
        if len(request.orders) > MOST_ORDERS:
            raise RequestTooLargeError(
                f"{len(request.orders)} orders in one request; send at most {MOST_ORDERS}",
                {"kind": "orders", "count": str(len(request.orders)), "limit": str(MOST_ORDERS)},
            )
        findings = Findings()
        if request.revision and request.yaml:
            findings.refuse("yaml", "is given beside revision; give one of them")
        if not request.orders:
            findings.refuse("orders", "is empty; give at least one order to try")
        for number, order in enumerate(request.orders):
            if order.options.rule_set:
                findings.refuse(
                    f"orders[{number}].options.rule_set",
                    "is set; say in revision or yaml which rule set to try, once for all orders",
                )
        check_size(request.yaml, "yaml", findings, required=False)
        findings.raise_if_refused()
        if request.yaml:
            return usable_rules(request.yaml, "yaml", TRIED)[0]
        return self.rule_sets.find(request.revision)

    def _plan(
        self,
        number: int,
        order: allocation_service_pb2.AllocateRequest,
        rules: RuleSet,
        deadline: Deadline,
    ) -> plan_pb2.Plan:
        try:
            return self.planning.trial(order, deadline, rules).plan
        except InvalidRequestError as error:
            under = f"orders[{number}]"
            raise InvalidRequestError([each.under(under) for each in error.violations]) from error

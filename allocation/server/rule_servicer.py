"""`allocation.v1.RuleService`: not served yet, and says so."""

from __future__ import annotations

from allocation.server.unserved import unserved
from allocation.v1 import rule_service_pb2_grpc


class RuleServicer(rule_service_pb2_grpc.RuleServiceServicer):
    """Tells callers to set planning options in each request."""

    ValidateRules = unserved("/allocation.v1.RuleService/ValidateRules")
    PutRules = unserved("/allocation.v1.RuleService/PutRules")
    ActivateRules = unserved("/allocation.v1.RuleService/ActivateRules")
    ListRules = unserved("/allocation.v1.RuleService/ListRules")
    GetRules = unserved("/allocation.v1.RuleService/GetRules")
    TryRules = unserved("/allocation.v1.RuleService/TryRules")

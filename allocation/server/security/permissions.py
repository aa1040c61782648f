"""The permission table: every method, and the roles that may call it.

What is not in the table is refused to everyone, so a method that is added to the contract
is closed until somebody decides. The reference page and a test of every method with every
role are made from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from allocation.server.security.roles import Role

_CHECKOUT, _STOCK, _RULES, _READ = Role.CHECKOUT, Role.STOCK, Role.RULES, Role.READ

_BY_SERVICE: Final[Mapping[str, Mapping[str, tuple[Role, ...]]]] = {
    "allocation.v1.AllocationService": {
        "Allocate": (_CHECKOUT,),
        "Quote": (_CHECKOUT,),
        "AllocateBatch": (_CHECKOUT,),
        "GetPlan": (_CHECKOUT, _STOCK, _RULES, _READ),
        "CommitPlan": (_CHECKOUT,),
        "ReleasePlan": (_CHECKOUT,),
        "ExtendPlan": (_CHECKOUT,),
        "FulfillPlan": (_CHECKOUT, _STOCK),
        "ReallocatePlan": (_CHECKOUT,),
        "ReplayPlan": (_CHECKOUT, _RULES, _READ),
        "ExplainPlan": (_CHECKOUT, _RULES, _READ),
    },
    "allocation.v1.StockService": {
        "SetLevels": (_STOCK,),
        "AdjustStock": (_STOCK,),
        "GetAvailability": (_CHECKOUT, _STOCK, _READ),
        "WatchStock": (_CHECKOUT, _STOCK, _READ),
        "AuditStock": (_STOCK,),
        "RecallLot": (_STOCK,),
        "ListWaiting": (_CHECKOUT, _STOCK, _READ),
        "FindSerials": (_CHECKOUT, _STOCK, _READ),
        "ListStockEntries": (_STOCK, _READ),
        "ListLowStock": (_STOCK, _READ),
    },
    "allocation.v1.RuleService": {
        "ValidateRules": (_RULES,),
        "PutRules": (_RULES,),
        "ActivateRules": (_RULES,),
        "ListActivations": (_RULES, _READ),
        "ListRules": (_RULES, _READ),
        "GetRules": (_RULES, _READ),
        "TryRules": (_RULES,),
    },
    "routing.v1.NetworkService": {
        "PutLocations": (),
        "PutItems": (),
        "PutRateCards": (),
        "PutCartons": (),
        "PutExchangeRates": (),
        "ListCartons": (_CHECKOUT, _STOCK, _RULES, _READ),
        "ListLocations": (_CHECKOUT, _STOCK, _RULES, _READ),
        "ListItems": (_CHECKOUT, _STOCK, _RULES, _READ),
        "ListRateCards": (_RULES, _READ),
        "GetLocation": (_CHECKOUT, _STOCK, _RULES, _READ),
        "GetItem": (_CHECKOUT, _STOCK, _RULES, _READ),
        "GetRateCard": (_RULES, _READ),
    },
    "grpc.reflection.v1alpha.ServerReflection": {
        "ServerReflectionInfo": tuple(Role),
    },
}

PERMISSIONS: Final[Mapping[str, frozenset[Role]]] = MappingProxyType(
    {
        f"/{service}/{method}": frozenset((*roles, Role.ADMIN))
        for service, methods in _BY_SERVICE.items()
        for method, roles in methods.items()
    }
)
"""Roles by full method name; `Role.ADMIN` is in all of them."""

PUBLIC: Final = frozenset({"/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"})
"""Methods that need no token: probes have none, and learn no more than "serving"."""

AUDITED: Final = frozenset(
    {
        "/allocation.v1.AllocationService/CommitPlan",
        "/allocation.v1.AllocationService/ReleasePlan",
        "/allocation.v1.AllocationService/ExtendPlan",
        "/allocation.v1.AllocationService/FulfillPlan",
        "/allocation.v1.AllocationService/ReallocatePlan",
        "/allocation.v1.StockService/SetLevels",
        "/allocation.v1.StockService/AdjustStock",
        "/allocation.v1.StockService/AuditStock",
        "/allocation.v1.StockService/RecallLot",
        "/allocation.v1.RuleService/PutRules",
        "/allocation.v1.RuleService/ActivateRules",
        "/routing.v1.NetworkService/PutLocations",
        "/routing.v1.NetworkService/PutItems",
        "/routing.v1.NetworkService/PutRateCards",
        "/routing.v1.NetworkService/PutCartons",
        "/routing.v1.NetworkService/PutExchangeRates",
    }
)
"""Methods whose calls are written to the audit log, refused ones included. A hold is not: it gives
its stock back by itself, and its plan and caller are in the log of calls."""


def allowed_roles(method: str) -> frozenset[Role]:
    """Return the roles that may call a method; none for one that is not in the table."""
    return PERMISSIONS.get(method, frozenset())

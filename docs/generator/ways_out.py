"""What a caller does about each error reason, and which calls it can come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_PLANS: Final = ("CommitPlan", "ReleasePlan", "ExtendPlan", "FulfillPlan", "ReallocatePlan")
_PLANNING: Final = ("Allocate", "Quote", "AllocateBatch", "ReallocatePlan", "TryRules")
_NAMING: Final = (
    *_PLANNING,
    "AdjustStock",
    "GetAvailability",
    "WatchStock",
    "AuditStock",
    "ListStockEntries",
    "ListLowStock",
)
"""Calls whose requests name items; most of them locations, too. Feeds answer by the row."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """What to do about a reason.

    Attributes
    ----------
    text
        One or two sentences for the caller.
    rpcs
        Names of the methods that can answer with it; empty: any method.
    reserved
        Whether no version has a reason to send it yet.
    """

    text: str
    rpcs: tuple[str, ...] = ()
    reserved: bool = False


WAYS_OUT: Final[Mapping[str, WayOut]] = MappingProxyType(
    {
        "INVALID_REQUEST": WayOut(
            "Correct every field that `BadRequest.field_violations` lists, then send it again."
        ),
        "REQUEST_TOO_LARGE": WayOut(
            "Send less at once; the metadata names `kind`, `count` and `limit`.",
            (*_NAMING, "PutLocations", "PutItems", "PutRateCards", "SetLevels"),
        ),
        "UNKNOWN_ITEM": WayOut(
            "Register the items with `PutItems`, or send them along in `network.items`.",
            (*_NAMING, "GetItem", "RecallLot"),
        ),
        "UNKNOWN_LOCATION": WayOut(
            "Register the locations with `PutLocations`, or send them along in "
            "`network.locations`: inline locations replace all registered ones for the call.",
            (*(name for name in _NAMING if name != "AuditStock"), "GetLocation"),
        ),
        "PLAN_NOT_FOUND": WayOut(
            "Check the id. Only plans that were held are stored.",
            (*_PLANS, "GetPlan", "ExplainPlan", "ReplayPlan"),
        ),
        "REQUEST_ID_REUSED": WayOut(
            "Give each request an id of its own; send an id again only with the same request.",
            ("Allocate", "AllocateBatch", *_PLANS, "SetLevels", "AdjustStock", "RecallLot"),
        ),
        "INSUFFICIENT_STOCK": WayOut(
            "Plan again with fresh levels, excluding nothing; when adjusting, count what is there.",
            (*_PLANS, "AdjustStock"),
        ),
        "PLAN_EXPIRED": WayOut("Plan again; the stock may be gone.", _PLANS),
        "PLAN_NOT_COMMITTED": WayOut(
            "Commit the plan first, then report what has left.", ("FulfillPlan",)
        ),
        "PLAN_ALREADY_COMMITTED": WayOut(
            "There is nothing to do: a committed plan does not expire.", _PLANS
        ),
        "PLAN_ALREADY_RELEASED": WayOut(
            "Plan again; its stock was given back. If another plan took its place, continue with "
            "that one: the message names it.",
            _PLANS,
        ),
        "PLAN_ALREADY_FULFILLED": WayOut("Receive returned units as new stock.", _PLANS),
        "STOCK_CONFLICT": WayOut(
            "Send the same call again after the delay.", ("Allocate", "ReallocatePlan")
        ),
        "RULES_INVALID": WayOut(
            "Check the rule set with `ValidateRules`, which lists all findings.",
            (*_PLANNING, "PutRules", "ActivateRules"),
        ),
        "UNKNOWN_RULE_SET": WayOut(
            "Name one of those that the metadata lists as `known`, or none for the default.",
            (*_PLANNING, "GetRules", "ActivateRules"),
        ),
        "LEDGER_UNAVAILABLE": WayOut(
            "Send the same call again after the delay; whether a write took place is unknown, and "
            "the same `request_id` keeps it from happening twice."
        ),
        "OVERLOADED": WayOut(
            "Send the same call again after the delay. If it lasts: more servers, or more "
            "`--threads` and `--queue`."
        ),
        "NO_PLAN_IN_TIME": WayOut(
            "Set a longer deadline, or send fewer calls at once.",
            (*_PLANNING, "ExplainPlan", "ReplayPlan"),
        ),
        "NOT_IMPLEMENTED": WayOut("Do what the message says instead; repeating does not help."),
        "INTERNAL": WayOut(
            "Report the `incident_id` of the metadata; the server's log has the details under it."
        ),
        "ETAG_MISMATCH": WayOut(
            "Read the plan, or the rule set, again and decide anew.", (*_PLANS, "ActivateRules")
        ),
        "RATE_LIMITED": WayOut(
            "Send the same call again after the delay. If it lasts: have `security.rate_per_s` "
            "raised, or send fewer calls."
        ),
        "UNAUTHENTICATED": WayOut(
            "Send `authorization: Bearer TOKEN` with a token that the server knows and that has "
            "not expired, or connect with a client certificate."
        ),
        "PERMISSION_DENIED": WayOut(
            "Use a token with one of the roles that the metadata lists as `needed`; see "
            "[permissions](permissions.md)."
        ),
        "UNKNOWN_RATE_CARD": WayOut(
            "List the rate cards with `ListRateCards`; put the missing one with `PutRateCards`.",
            ("GetRateCard",),
        ),
        "NETWORK_EMPTY": WayOut(
            "Put at least one location and one rate card, or start the server with `--network`.",
            _PLANNING,
        ),
    }
)
"""By the reason of the catalogue, ``protos/allocation/v1/error_reason.proto``."""

"""Errors that callers of the engine can meet, with stable reasons.

The edge maps each reason to a gRPC status and an ``ErrorInfo``; the catalogue is
``protos/allocation/v1/error_reason.proto``. Lack of stock is never an error: it is
an answer with unfilled lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar

from routing.errors import Violation


class EngineError(Exception):
    """Base of the engine's errors.

    Parameters
    ----------
    message
        What happened, with the numbers, then the way out.
    metadata
        Machine-readable details, string to string.
    violations
        For errors about a request: every problem with its path.
    """

    reason: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        metadata: Mapping[str, str] | None = None,
        violations: Iterable[Violation] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.metadata: Mapping[str, str] = MappingProxyType(dict(metadata or {}))
        self.violations = tuple(violations)


class InvalidRequestError(EngineError):
    """The request breaks its contract; `violations` lists every problem."""

    reason = "INVALID_REQUEST"

    def __init__(self, violations: Iterable[Violation]) -> None:
        found = tuple(violations)
        count = len(found)
        head = str(found[0]) if found else "no detail"
        more = f" (and {count - 1} more)" if count > 1 else ""
        super().__init__(f"{count} problem(s) in the request: {head}{more}", violations=found)


class RequestTooLargeError(EngineError):
    """More lines, locations or rows than the limits allow."""

    reason = "REQUEST_TOO_LARGE"


class UnknownItemError(EngineError):
    """A line names an item that is in neither the network nor the request."""

    reason = "UNKNOWN_ITEM"


class UnknownLocationError(EngineError):
    """The request names a location that is in neither the network nor the request."""

    reason = "UNKNOWN_LOCATION"


class UnknownRateCardError(EngineError):
    """No rate card has that id."""

    reason = "UNKNOWN_RATE_CARD"


class UnknownRuleSetError(EngineError):
    """No rule set has that revision or preset name."""

    reason = "UNKNOWN_RULE_SET"


class RulesInvalidError(EngineError):
    """The rule set that is to decide has no answer for this order."""

    reason = "RULES_INVALID"


class NetworkEmptyError(EngineError):
    """There is no location or no rate card to plan with."""

    reason = "NETWORK_EMPTY"


class NoPlanInTimeError(EngineError):
    """Not even a first plan was found before the deadline."""

    reason = "NO_PLAN_IN_TIME"
    retryable = True


class OverloadedError(EngineError):
    """More calls than the server takes on."""

    reason = "OVERLOADED"
    retryable = True


class RateLimitedError(EngineError):
    """One client calls more often than it may.

    Parameters
    ----------
    message
        As for `EngineError`.
    wait_s
        Seconds until the client may call again.
    """

    reason = "RATE_LIMITED"
    retryable = True

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class UnauthenticatedError(EngineError):
    """Nothing that came with the call proves who it comes from."""

    reason = "UNAUTHENTICATED"


class PermissionDeniedError(EngineError):
    """The caller has no role that may make the call."""

    reason = "PERMISSION_DENIED"


class StockConflictError(EngineError):
    """Stock changed faster than the engine could plan again."""

    reason = "STOCK_CONFLICT"
    retryable = True


class NotImplementedYetError(EngineError):
    """The call is part of the contract and not served by this build."""

    reason = "NOT_IMPLEMENTED"

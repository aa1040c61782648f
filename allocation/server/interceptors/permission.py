"""Asks of every call who makes it, whether they may, and how often."""

from __future__ import annotations

from typing import Any

from allocation.errors import PermissionDeniedError, UnauthenticatedError
from allocation.server.calls import CallRecord
from allocation.server.security.authenticator import Authenticator
from allocation.server.security.permissions import PUBLIC, allowed_roles
from allocation.server.security.principal import LOCAL, Principal
from allocation.server.security.rates import RateLimiter


class Gate:
    """Lets a call through if the permission table allows it to whoever makes it.

    Parameters
    ----------
    authenticator
        Finds out who calls.
    rates
        How often each of them may.
    """

    def __init__(self, authenticator: Authenticator, rates: RateLimiter) -> None:
        self._authenticator = authenticator
        self._rates = rates

    def admit(self, record: CallRecord, context: Any) -> None:
        """Let a call through or refuse it.

        Raises
        ------
        UnauthenticatedError, PermissionDeniedError, RateLimitedError
        """
        if record.method in PUBLIC:
            # No limit either: to refuse a check costs as much as to answer it, and whoever
            # shares the prober's address could have the server restarted.
            return
        try:
            principal = self._authenticator.principal(
                context.invocation_metadata, context.auth_context
            )
        except UnauthenticatedError:
            # Whoever tries tokens is a client, too: that of an address.
            record.address = _address(context)
            self._rates.take(f"unknown at {record.address}")
            raise
        record.principal = principal
        # Before the role: what is refused costs something as well.
        if self._rates.limits:
            self._rates.take(_client(principal, context))
        if principal.roles.isdisjoint(allowed_roles(record.method)):
            raise _denied(record.method, principal)


def _client(principal: Principal, context: Any) -> str:
    """Return who a call counts for: the principal, or the address where nobody is known."""
    if principal is not LOCAL:
        return principal.name
    return _address(context)


def _address(context: Any) -> str:
    """Return where a call comes from: "ipv4:127.0.0.1", for every connection the same."""
    return str(context.peer()).rpartition(":")[0]


def _denied(method: str, principal: Principal) -> PermissionDeniedError:
    wanted = ", ".join(sorted(role.value for role in allowed_roles(method))) or "nobody"
    has = ", ".join(sorted(role.value for role in principal.roles)) or "no role"
    return PermissionDeniedError(
        f"{principal.name!r} has {has}; {method} is for {wanted}: use another token, or have the "
        "role added",
        {"method": method, "roles": has, "needed": wanted},
    )

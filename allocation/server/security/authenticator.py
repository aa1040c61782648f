"""From what came with a call to the principal behind it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from allocation.errors import UnauthenticatedError
from allocation.server.security.jwks import JwtRules, read_keys, verify_jwt
from allocation.server.security.principal import LOCAL, Principal
from allocation.server.security.principals_file import Principals, read_principals
from allocation.server.security.reloaded import ReloadedFiles
from allocation.server.security.settings import SecuritySettings
from allocation.server.security.tokens import digest_of

AUTHORIZATION: Final = "authorization"
_SCHEME: Final = "bearer "
_MOST_TOKEN_CHARS: Final = 8_192
_MOST_REMEMBERED: Final = 4_096
_MOST_NAMES, _MOST_NAME_CHARS = 5, 100

Metadata = Iterable[tuple[str, str | bytes]]
AuthContext = Mapping[str, Iterable[bytes]]


class Authenticator:
    """Finds out who calls.

    A token decides if there is one; else the client's certificate. A server that was
    told of neither principals nor keys asks nobody, and takes every caller for `LOCAL`.

    Parameters
    ----------
    settings
        Which files to believe.
    now
        Wall clock: aware UTC datetimes.
    clock
        Monotonic seconds.

    Raises
    ------
    ValueError, OSError
        If a file cannot be used.
    """

    def __init__(
        self,
        settings: SecuritySettings,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._now = now
        self._open = not settings.asks_who_calls
        self._principals: ReloadedFiles[Principals] | None = None
        self._keys: ReloadedFiles[Mapping[str, Any]] | None = None
        if (principals := settings.principals_file) is not None:
            self._principals = ReloadedFiles(
                (principals,), lambda: read_principals(principals), clock
            )
        if (jwks := settings.jwks_file) is not None:
            self._keys = ReloadedFiles((jwks,), lambda: read_keys(jwks), clock)
        self._rules = JwtRules(settings.jwt_issuer, settings.jwt_audience, settings.jwt_roles_claim)
        self._verified: OrderedDict[str, Principal] = OrderedDict()
        self._verified_with: Mapping[str, Any] | None = None

    def principal(
        self,
        metadata: Callable[[], Metadata | None],
        auth_context: Callable[[], AuthContext],
    ) -> Principal:
        """Return who calls.

        Parameters
        ----------
        metadata
            Gives that of the call.
        auth_context
            Gives what the transport knows of the other end.

        Raises
        ------
        UnauthenticatedError
            Nothing proves who it is, or what should has expired.
        """
        if self._open:
            return LOCAL
        token = _token(metadata())
        found = self._by_certificate(auth_context) if token is None else self._by_token(token)
        if found.expire_time is not None and self._now() >= found.expire_time:
            when = found.expire_time.isoformat(timespec="seconds")
            raise UnauthenticatedError(f"the {found.proved_by} expired at {when}; get a new one")
        return found

    def _by_token(self, token: str) -> Principal:
        if self._principals is not None:
            found = self._principals.value().by_digest.get(digest_of(token))
            if found is not None:
                return found
        if self._keys is None or token.count(".") != 2:
            raise UnauthenticatedError("the token is not known to the server; check or renew it")
        return self._by_signature(token, self._keys.value())

    def _by_signature(self, token: str, keys: Mapping[str, Any]) -> Principal:
        # Checking a signature takes longer than the rest of a call's way in; a client
        # sends the same token for minutes.
        if keys is not self._verified_with:
            self._verified.clear()
            self._verified_with = keys
        found = self._verified.get(token)
        if found is None:
            found = verify_jwt(token, keys, self._rules, self._now())
            self._verified[token] = found
            if len(self._verified) > _MOST_REMEMBERED:
                self._verified.popitem(last=False)
        return found

    def _by_certificate(self, auth_context: Callable[[], AuthContext]) -> Principal:
        names = _names_in(auth_context())
        if self._principals is not None:
            known = self._principals.value().by_certificate
            for name in names:
                if name in known:
                    return known[name]
        send = f"send the metadata {AUTHORIZATION}: Bearer TOKEN"
        if names:
            shown = ", ".join(repr(name[:_MOST_NAME_CHARS]) for name in names[:_MOST_NAMES])
            raise UnauthenticatedError(
                f"no principal has a name of the client's certificate, which are {shown}: have one "
                f"added, or {send}"
            )
        raise UnauthenticatedError(f"nothing says who calls: {send}")


def _token(metadata: Metadata | None) -> str | None:
    given = [value for key, value in metadata or () if key == AUTHORIZATION]
    if not given:
        return None
    value = given[0]
    if (
        len(given) > 1
        or not isinstance(value, str)
        or len(value) > _MOST_TOKEN_CHARS
        or value[: len(_SCHEME)].lower() != _SCHEME
    ):
        raise UnauthenticatedError(f"{AUTHORIZATION} must be there once and read: Bearer TOKEN")
    return value[len(_SCHEME) :].strip()


def _names_in(auth_context: AuthContext) -> list[str]:
    """Return the names of a client certificate, alternative names before the common one."""
    keys = ("x509_subject_alternative_name", "x509_common_name")
    return [name.decode("utf-8", "replace") for key in keys for name in auth_context.get(key, ())]

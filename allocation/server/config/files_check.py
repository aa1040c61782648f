"""Look into the files that settings name, as the server does when it starts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from allocation.live_rates.settings import read_key
from allocation.server.security.exposure import exposure_problems
from allocation.server.security.jwks import read_keys
from allocation.server.security.principals_file import read_principals
from allocation.server.security.tls import server_credentials
from allocation.server.settings import ServerSettings


def start_problems(settings: ServerSettings) -> list[str]:
    """Return what would keep a server from starting, as far as files and settings tell.

    The store is not opened and the port not bound: another server may be using both.
    """
    security = settings.security
    problems = exposure_problems(settings.host, security)
    checks: list[Callable[[], object]] = [lambda: server_credentials(security, time.monotonic)]
    if (principals := security.principals_file) is not None:
        checks.append(lambda: read_principals(principals))
    if (keys := security.jwks_file) is not None:
        checks.append(lambda: read_keys(keys))
    if (key := settings.live_rates.key_file) is not None:
        checks.append(lambda: read_key(key))
    return problems + list(_failures(checks))


def _failures(checks: list[Callable[[], object]]) -> Iterator[str]:
    for check in checks:
        try:
            check()
        except (ValueError, OSError) as error:
            yield str(error)

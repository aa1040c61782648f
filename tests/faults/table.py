"""Every fault, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tests.allocation.ledger.postgres_server import Server as Database
from tests.faults import machines, networks, stores
from tests.faults.result import Result

ON_FILES: Final[Mapping[str, Callable[[Path, float], Result]]] = MappingProxyType(
    {
        "worker_killed": machines.worker_killed,
        "rolling_restart": machines.rolling_restart,
        "disk_full": stores.disk_full,
        "files_full": stores.files_full,
        "sqlite_locked": stores.sqlite_locked,
        "clock_step": machines.clock_step,
        "half_open": networks.half_open,
        "clients_gone": networks.clients_gone,
        "certificate_rotated": networks.certificate_rotated,
    }
)
"""By name; each takes a folder of its own and how many seconds to go on for."""

ON_POSTGRES: Final[Mapping[str, Callable[[Database, float], Result]]] = MappingProxyType(
    {
        "postgres_slow": stores.postgres_slow,
        "postgres_restarted": stores.postgres_restarted,
    }
)
"""By name; each takes a database of its own."""

OWN_PROCESSES: Final = frozenset({"worker_killed", "rolling_restart"})
"""Take long to start; a shorter form is in test_supervisor."""

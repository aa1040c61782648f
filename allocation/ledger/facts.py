"""What can be seen of a database without using it as a ledger: nothing is made or changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """What the tables say.

    Attributes
    ----------
    last_entry_time
        When stock last changed; ``None`` if it never did.
    levels
        Number of levels.
    overdue_holds
        Plans that are still written down as held, though their hold ran out before a limit.
    old_commitments
        Plans that were committed before a limit and have neither left nor been released.
    oversold
        Levels that promise more than is there, safety stock aside.
    observed
        By location, when the newest of its levels was observed.
    """

    last_entry_time: datetime | None
    levels: int
    overdue_holds: int
    old_commitments: int
    oversold: int
    observed: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What is known of a database.

    Attributes
    ----------
    software
        Name and version: ``"SQLite 3.46.1"``.
    schema, known
        Version of its tables, 0 if there are none yet; and the one of this program.
    folder
        Where its file is; ``None`` if it is not a file of this machine.
    log_bytes
        Size of the write-ahead log beside the file.
    settings
        Of the database server, as far as durability depends on them.
    connections
        How many are in use, and the most there may be; ``None`` if they are not counted.
    time
        Its own clock's; ``None`` if it has none.
    figures
        ``None`` if its tables are not those of this program.
    """

    software: str
    schema: int
    known: int
    folder: Path | None = None
    log_bytes: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)
    connections: tuple[int, int] | None = None
    time: datetime | None = None
    figures: StoreFigures | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on something counts as left behind.

    Attributes
    ----------
    overdue
        Holds that ran out before this.
    committed
        Plans that were made before this.
    """

    overdue: datetime
    committed: datetime

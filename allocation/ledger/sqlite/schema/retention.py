"""When old rows were last let go of, and leave to fold old entries into one."""

from __future__ import annotations

from typing import Final

RETENTION: Final = (
    """
    CREATE TABLE retention_pass (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        begun_us INTEGER NOT NULL,
        network_version INTEGER NOT NULL
    ) STRICT
    """,
    "INSERT INTO retention_pass (id, begun_us, network_version) VALUES (1, 0, 0)",
    # Has a row only inside a transaction that folds entries.
    "CREATE TABLE folding (id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT",
    "DROP TRIGGER entry_is_never_changed",
    "DROP TRIGGER entry_is_never_deleted",
    """
    CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
    WHEN NOT EXISTS (SELECT 1 FROM folding)
    BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END
    """,
    """
    CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
    WHEN NOT EXISTS (SELECT 1 FROM folding)
    BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END
    """,
)

"""Every version of every location, item and rate card."""

from __future__ import annotations

from typing import Final

NETWORK: Final = (
    """
    CREATE TABLE network_row (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        version INTEGER NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (kind, id, version)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX network_row_by_version ON network_row (version)",
    """
    CREATE TABLE network_head (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        version INTEGER NOT NULL
    ) STRICT
    """,
    "INSERT INTO network_head (id, version) VALUES (1, 0)",
)

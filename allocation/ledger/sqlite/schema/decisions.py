"""What decisions were made of, and contents that many of them share."""

from __future__ import annotations

from typing import Final

DECISIONS: Final = (
    """
    CREATE TABLE decision (
        plan_id TEXT PRIMARY KEY,
        time_us INTEGER NOT NULL,
        record BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX decision_by_time ON decision (time_us)",
    """
    CREATE TABLE content (
        digest BLOB PRIMARY KEY,
        content BLOB NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

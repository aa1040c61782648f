"""What decisions were made of, and contents that many of them share."""

from __future__ import annotations

from typing import Final

DECISIONS: Final = (
    """
    CREATE TABLE decision (
        plan_id text COLLATE "C" PRIMARY KEY,
        time_us bigint NOT NULL,
        record bytea NOT NULL
    )
    """,
    "CREATE INDEX decision_by_time ON decision (time_us)",
    """
    CREATE TABLE content (
        digest bytea PRIMARY KEY,
        content bytea NOT NULL
    )
    """,
)

"""Every version of every location, item and rate card."""

from __future__ import annotations

from typing import Final

NETWORK: Final = (
    """
    CREATE TABLE network_row (
        kind text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL,
        version bigint NOT NULL,
        content bytea NOT NULL,
        PRIMARY KEY (kind, id, version)
    )
    """,
    "CREATE INDEX network_row_by_version ON network_row (version)",
    """
    CREATE TABLE network_head (
        id integer PRIMARY KEY CHECK (id = 1),
        version bigint NOT NULL
    )
    """,
    "INSERT INTO network_head (id, version) VALUES (1, 0)",
)

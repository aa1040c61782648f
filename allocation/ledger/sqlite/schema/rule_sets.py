"""Rule sets and their activations: rows are only ever added."""

from __future__ import annotations

from typing import Final

RULE_SETS: Final = (
    """
    CREATE TABLE rule_set (
        number INTEGER PRIMARY KEY,
        revision TEXT NOT NULL UNIQUE,
        text TEXT NOT NULL,
        author TEXT NOT NULL,
        comment TEXT NOT NULL,
        create_us INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE rule_activation (
        number INTEGER PRIMARY KEY,
        revision TEXT NOT NULL REFERENCES rule_set (revision),
        author TEXT NOT NULL,
        comment TEXT NOT NULL,
        time_us INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX rule_activation_by_revision ON rule_activation (revision, number)",
    *(
        f"""
        CREATE TRIGGER {table}_is_never_{verb.lower()}d BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, 'rule sets and activations are never changed'); END
        """
        for table in ("rule_set", "rule_activation")
        for verb in ("UPDATE", "DELETE")
    ),
)

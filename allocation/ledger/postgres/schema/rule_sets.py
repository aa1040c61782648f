"""Rule sets and their activations: rows are only ever added."""

from __future__ import annotations

from typing import Final

RULE_SETS: Final = (
    """
    CREATE TABLE rule_set (
        number BIGINT PRIMARY KEY,
        revision TEXT COLLATE "C" NOT NULL UNIQUE,
        text TEXT NOT NULL,
        author TEXT NOT NULL,
        comment TEXT NOT NULL,
        create_us BIGINT NOT NULL
    )
    """,
    """
    CREATE TABLE rule_activation (
        number BIGINT PRIMARY KEY,
        revision TEXT COLLATE "C" NOT NULL REFERENCES rule_set (revision),
        author TEXT NOT NULL,
        comment TEXT NOT NULL,
        time_us BIGINT NOT NULL
    )
    """,
    "CREATE INDEX rule_activation_by_revision ON rule_activation (revision, number)",
    """
    CREATE FUNCTION refuse_rule_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'rule sets and activations are never changed or deleted'; END
    $$
    """,
    *(
        f"""
        CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_rule_change()
        """
        for table in ("rule_set", "rule_activation")
    ),
)

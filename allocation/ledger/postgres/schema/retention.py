"""When old rows were last let go of, and leave to fold old entries into one."""

from __future__ import annotations

from typing import Final

RETENTION: Final = (
    """
    CREATE TABLE retention_pass (
        id integer PRIMARY KEY CHECK (id = 1),
        begun_us bigint NOT NULL,
        network_version bigint NOT NULL
    )
    """,
    "INSERT INTO retention_pass (id, begun_us, network_version) VALUES (1, 0, 0)",
    # Has a row only inside a transaction that folds entries.
    "CREATE TABLE folding (id integer PRIMARY KEY CHECK (id = 1))",
    """
    CREATE OR REPLACE FUNCTION refuse_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM folding) THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'entries are never changed or deleted';
    END
    $$
    """,
)

"""Entries are never changed or deleted."""

from __future__ import annotations

from typing import Final

APPEND_ONLY: Final = (
    """
    CREATE FUNCTION refuse_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'entries are never changed or deleted'; END
    $$
    """,
    """
    CREATE TRIGGER entry_is_append_only BEFORE UPDATE OR DELETE ON entry
    FOR EACH ROW EXECUTE FUNCTION refuse_entry_change()
    """,
)

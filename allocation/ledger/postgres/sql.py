"""Every statement of the PostgreSQL store but the tables themselves.

Sets of rows come as one array parameter per column. The version of a write is its
transaction id (plus an offset that only ever grows). Ids are given out in order but
commit in any order, so a reader goes on from no further than the oldest write that is still
at work (`HORIZON`), and nothing can be missed. Statements are put together from constants
only; every value is a parameter.
"""
# ruff: noqa: S608 (constants, see above)

from __future__ import annotations

from functools import cache
from typing import Final

from allocation.ledger.entry import SINCE_A_FIGURE
from allocation.ledger.rows import ENTRY, LEVEL, NEW_PLAN, PLAN, PLAN_ROW, SERIAL

_MOVES: Final = ", ".join(f"'{reason.value}'" for reason in SINCE_A_FIGURE)

KEYS: Final = "unnest(%s::text[], %s::text[], %s::text[]) AS k (item_id, location_id, lot_id)"
MARKS: Final = """
unnest(%s::text[], %s::text[], %s::text[], %s::bigint[])
WITH ORDINALITY AS k (item_id, location_id, lot_id, mark_us, number)
"""
_OWN_VERSION: Final = "(SELECT pg_current_xact_id()::text::bigint + version_offset FROM head)"
_SETTLED: Final = (
    "(SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 + version_offset FROM head)"
)


def _of(alias: str, columns: str) -> str:
    """Return columns of a table under its alias."""
    return ", ".join(f"{alias}.{column}" for column in columns.split(", "))


def at(alias: str, key: str = "k") -> str:
    """Return the condition that a row of `alias` has the key `key`."""
    return (
        f"{alias}.item_id = {key}.item_id AND {alias}.location_id = {key}.location_id "
        f"AND {alias}.lot_id = {key}.lot_id"
    )


# --- writes: what is read and locked ----------------------------------------

LOCK_LEVELS: Final = f"""
SELECT {_of("l", LEVEL)} FROM (
    SELECT * FROM {KEYS}
    ORDER BY k.item_id COLLATE "C", k.location_id COLLATE "C", k.lot_id COLLATE "C"
) AS k CROSS JOIN LATERAL (
    SELECT {LEVEL} FROM level WHERE {at("level")} FOR UPDATE
) AS l
"""
"""One look-up for each key, in the order of locks. Joined, a plan that was made while the table was
small would go on reading all of it for every write, until somebody gathers statistics."""

CLAIM_LEVELS: Final = f"""
INSERT INTO level ({LEVEL})
SELECT k.item_id, k.location_id, k.lot_id, 'engine', 0, 0, 0, 0, 0, '[]', NULL, %s, NULL, NULL
FROM {KEYS}
ORDER BY k.item_id COLLATE "C", k.location_id COLLATE "C", k.lot_id COLLATE "C"
ON CONFLICT DO NOTHING
RETURNING item_id, location_id, lot_id
"""

CLAIM_SERIALS: Final = f"""
INSERT INTO serial ({SERIAL})
SELECT k.item_id, k.serial, '', NULL, false, '', '', false
FROM unnest(%s::text[], %s::text[]) AS k (item_id, serial)
ORDER BY k.item_id COLLATE "C", k.serial COLLATE "C"
ON CONFLICT DO NOTHING
"""

LOCK_SERIALS: Final = f"""
SELECT {_of("s", SERIAL)} FROM serial AS s
JOIN unnest(%s::text[], %s::text[]) AS k (item_id, serial)
    ON s.item_id = k.item_id AND s.serial = k.serial
ORDER BY s.item_id, s.serial
FOR UPDATE OF s
"""

SERIALS_AT: Final = f"""
SELECT s.item_id, s.serial FROM serial AS s JOIN {KEYS}
    ON s.item_id = k.item_id AND s.location_id = k.location_id AND s.lot_id = k.lot_id
WHERE s.location_id <> ''
"""

_OF_THIS_SCHEMA: Final = "('entry'::regclass::oid::bigint - 2147483648)::integer"

TAKE_TURNS_WITH_RECALLS: Final = f"""
SELECT pg_advisory_xact_lock_shared({_OF_THIS_SCHEMA}, k.number)
FROM unnest(%s::integer[]) AS k (number)
"""

LOCK_LOT: Final = f"SELECT pg_advisory_xact_lock({_OF_THIS_SCHEMA}, %s::integer)"
"""A lot that is in no level yet has no row that could be locked."""

LEVEL_KEYS_AT: Final = """
SELECT item_id, location_id, lot_id FROM level WHERE location_id = ANY(%s::text[])
ORDER BY item_id, location_id, lot_id
"""

LOCK_PLANS: Final = f"""
SELECT {PLAN} FROM plan WHERE plan_id = ANY(%s::text[]) ORDER BY plan_id FOR UPDATE
"""

LOCK_DUE_PLANS_ON: Final = f"""
SELECT {PLAN} FROM plan
WHERE state = 'held' AND expire_us <= %s AND plan_id IN (
    SELECT due.plan_id FROM {KEYS} CROSS JOIN LATERAL (
        SELECT r.plan_id FROM plan_row AS r
        WHERE {at("r")} AND r.state = 'held' AND r.expire_us <= %s
        OFFSET 0
    ) AS due
)
ORDER BY plan_id
FOR UPDATE
"""
"""``OFFSET 0`` keeps the look-up of each key apart: see `LOCK_LEVELS`."""

LOCK_DUE_PLANS: Final = f"""
SELECT {PLAN} FROM plan WHERE state = 'held' AND expire_us <= %s
ORDER BY plan_id LIMIT %s
FOR UPDATE SKIP LOCKED
"""

PLAN_ROWS: Final = f"""
SELECT {_of("r", PLAN_ROW)} FROM unnest(%s::text[]) AS k (plan_id) CROSS JOIN LATERAL (
    SELECT {PLAN_ROW} FROM plan_row WHERE plan_row.plan_id = k.plan_id OFFSET 0
) AS r
ORDER BY r.plan_id, r.row_number
"""
"""``OFFSET 0``: see `LOCK_DUE_PLANS_ON`."""

ADJUSTED_SINCE: Final = f"""
SELECT k.number - 1, sum(e.on_hand), sum(e.unavailable)
FROM {MARKS} JOIN entry AS e ON {at("e")} AND e.time_us > k.mark_us
WHERE e.reason IN ({_MOVES})
GROUP BY k.number
"""

COMMITTED: Final = f"""
SELECT k.number - 1, sum(r.quantity),
    coalesce(sum(r.quantity) FILTER (WHERE r.commit_us > k.mark_us), 0)
FROM {MARKS} JOIN plan_row AS r ON {at("r")}
WHERE r.state = 'committed' AND r.commit_us IS NOT NULL
GROUP BY k.number
"""

FULFILLED_SINCE: Final = f"""
SELECT k.number - 1, sum(r.quantity)
FROM {MARKS} JOIN plan_row AS r ON {at("r")}
WHERE r.fulfill_us > k.mark_us
GROUP BY k.number
"""

COMMITTED_THEN_FULFILLED: Final = f"""
SELECT k.number - 1, sum(r.quantity)
FROM {MARKS} JOIN plan_row AS r ON {at("r")}
WHERE r.state = 'fulfilled' AND r.commit_us > k.mark_us
GROUP BY k.number
"""

# --- writes: what is written ------------------------------------------------

ADD_PLANS: Final = f"""
INSERT INTO plan ({NEW_PLAN})
SELECT * FROM unnest(
    %s::text[], %s::bytea[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[]
)
"""

ADD_PLAN_ROWS: Final = f"""
INSERT INTO plan_row ({PLAN_ROW})
SELECT * FROM unnest(
    %s::text[], %s::integer[], %s::text[], %s::integer[], %s::text[], %s::text[], %s::text[],
    %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
    %s::text[]
)
"""

ADD_DECISIONS: Final = """
INSERT INTO decision (plan_id, time_us, record)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bytea[])
ON CONFLICT DO NOTHING
"""

SAVE_PLANS: Final = """
UPDATE plan AS p SET expire_us = n.expire_us, revision = n.revision, state = n.state,
    replaced_by = n.replaced_by, change_us = greatest(p.change_us, n.change_us)
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[])
    AS n (plan_id, expire_us, revision, state, replaced_by, change_us)
WHERE p.plan_id = n.plan_id
"""

SAVE_PLAN_ROWS: Final = f"""
{ADD_PLAN_ROWS}
ON CONFLICT (plan_id, row_number) DO UPDATE SET
    item_id = excluded.item_id, location_id = excluded.location_id, lot_id = excluded.lot_id,
    quantity = excluded.quantity, state = excluded.state, commit_us = excluded.commit_us,
    fulfill_us = excluded.fulfill_us, expire_us = excluded.expire_us,
    serials = excluded.serials, picked_lot_id = excluded.picked_lot_id, waited = excluded.waited
"""

SAVE_LEVELS: Final = f"""
UPDATE level AS l
SET owner = n.owner, on_hand = n.on_hand, unavailable = n.unavailable, held = n.held,
    committed = n.committed, safety_stock = n.safety_stock, incoming = n.incoming,
    observed_us = n.observed_us, update_us = n.update_us, expiry_date = n.expiry_date,
    received_date = n.received_date
FROM unnest(
    %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::text[]
) AS n ({LEVEL})
WHERE l.item_id = n.item_id AND l.location_id = n.location_id AND l.lot_id = n.lot_id
"""

SAVE_SERIALS: Final = f"""
UPDATE serial AS s
SET plan_id = n.plan_id, until_us = n.until_us, shipped = n.shipped,
    location_id = n.location_id, lot_id = n.lot_id, set_aside = n.set_aside
FROM unnest(
    %s::text[], %s::text[], %s::text[], %s::bigint[], %s::boolean[], %s::text[], %s::text[],
    %s::boolean[]
) AS n ({SERIAL})
WHERE s.item_id = n.item_id AND s.serial = n.serial
"""

ADD_ENTRIES: Final = f"""
INSERT INTO entry (version, {ENTRY})
SELECT {_OWN_VERSION}, n.* FROM unnest(
    %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[]
) AS n
"""

REMEMBER: Final = f"""
INSERT INTO request (request_id, fingerprint, time_us, answer, version)
SELECT n.*, {_OWN_VERSION}
FROM unnest(%s::text[], %s::bytea[], %s::bigint[], %s::text[]) AS n
"""

ANNOUNCE: Final = "LOCK TABLE entry IN ROW EXCLUSIVE MODE"

PATIENCE: Final = "SELECT set_config('lock_timeout', %s, true)"

NOTIFY: Final = "SELECT pg_notify(%s, %s)"
"""Not in the transaction of a write: PostgreSQL lets such transactions commit one by one only."""

OWN_VERSION: Final = f"SELECT {_OWN_VERSION}"


@cache
def together(statements: tuple[str, ...]) -> str:
    """Return one statement that does what several do that write, and returns their version.

    None of them may depend on what another one has written.
    """
    parts = ", ".join(f"part_{number} AS ({each})" for number, each in enumerate(statements))
    return f"WITH {parts} {OWN_VERSION}"


# --- reads ------------------------------------------------------------------

READ_ONLY: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

ONE_INSTANT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
"""For a write that decides by several reads: all of them see the same."""

SETTLED: Final = f"SELECT {_SETTLED}"

HORIZON: Final = """
WITH seen AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next)
SELECT head.version_offset - 1 + coalesce(min(least(
    seen.next,
    seen.next + 2147483648 - mod(seen.next - x.transactionid::text::bigint + 2147483648, 4294967296)
)), min(seen.next))
FROM seen CROSS JOIN head
LEFT JOIN (
    pg_locks AS w JOIN pg_locks AS x
        ON x.pid = w.pid AND x.locktype = 'transactionid' AND x.mode = 'ExclusiveLock'
) ON w.locktype = 'relation' AND w.relation = 'entry'::regclass AND w.mode = 'RowExclusiveLock'
    AND w.database = (SELECT oid FROM pg_database WHERE datname = current_database())
GROUP BY head.version_offset
"""
"""Everything up to this version is finished: its transactions are over before the next
statement begins. Asked for in a transaction before the one that reads.

A transaction announces itself by a lock on the table of entries before it gets its id, so of
all ids below the next one only those of transactions that hold that lock can still write
entries. Locks show 32 bits of an id; the next id, which is near it, has the others. Other
users of the database cluster, however long they are at work, hold nothing back.
"""

READ_PLAN: Final = f"SELECT {PLAN} FROM plan WHERE plan_id = %s"

ANSWERS: Final = """
SELECT request_id, fingerprint, version, answer FROM request WHERE request_id = ANY(%s::text[])
"""

PAYLOAD: Final = "SELECT payload FROM plan WHERE plan_id = %s"

_NO_LONGER_HELD: Final = """
coalesce((
    SELECT sum(r.quantity) FROM plan_row AS r
    WHERE r.item_id = l.item_id AND r.location_id = l.location_id AND r.lot_id = l.lot_id
    AND r.state = 'held' AND r.expire_us <= %(now_us)s
), 0)::bigint
"""

_CHOSEN: Final = """
(%(items)s::text[] IS NULL OR l.item_id = ANY(%(items)s::text[]))
AND (%(locations)s::text[] IS NULL OR l.location_id = ANY(%(locations)s::text[]))
ORDER BY l.item_id, l.location_id, l.lot_id
"""

LEVELS: Final = f"SELECT {_of('l', LEVEL)}, {_NO_LONGER_HELD} FROM level AS l WHERE {_CHOSEN}"

_AVAILABLE: Final = f"""
l.item_id, l.location_id, l.lot_id,
l.on_hand - l.safety_stock - l.held - l.committed - l.unavailable + {_NO_LONGER_HELD}
"""

AVAILABLE: Final = f"SELECT {_AVAILABLE} FROM level AS l WHERE {_CHOSEN}"

_HAS_DETAILS: Final = f"""
(l.lot_id <> '' OR l.incoming <> '[]'
 OR l.on_hand - l.safety_stock - l.held - l.committed - l.unavailable + {_NO_LONGER_HELD} < 0)
"""

WITH_DETAILS: Final = f"""
SELECT {_of("l", LEVEL)}, {_NO_LONGER_HELD} FROM level AS l WHERE {_HAS_DETAILS} AND {_CHOSEN}
"""

BY_INDEX: Final = """
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true)
"""
"""For the rest of a transaction that looks up little in large tables, one by one. A plan that was
made while those were nearly empty, or without statistics, would read all of them each time."""

LAST_VERSION_OF_BATCH: Final = """
SELECT version FROM entry WHERE version > %s ORDER BY version, entry_id LIMIT 1 OFFSET %s
"""

CHANGES: Final = f"""
SELECT {_of("l", LEVEL)}, {_NO_LONGER_HELD}, newest.reason, newest.version
FROM (
    SELECT DISTINCT ON (item_id, location_id, lot_id)
        item_id, location_id, lot_id, reason, version
    FROM entry WHERE version > %(after)s AND version <= coalesce(%(last)s, version)
    ORDER BY item_id, location_id, lot_id, entry_id DESC
) AS newest
CROSS JOIN LATERAL (
    SELECT {LEVEL} FROM level WHERE {at("level", "newest")} OFFSET 0
) AS l
ORDER BY newest.version, l.item_id, l.location_id, l.lot_id
"""

_CHANGED: Final = f"""
(
    SELECT DISTINCT item_id, location_id, lot_id FROM entry
    WHERE version > %(after)s AND version <= coalesce(%(last)s, version)
) AS k
CROSS JOIN LATERAL (
    SELECT {LEVEL} FROM level WHERE {at("level")} OFFSET 0
) AS l
"""

CHANGED_AVAILABLE: Final = f"SELECT {_AVAILABLE}, l.observed_us FROM {_CHANGED}"

CHANGED_DETAILS: Final = f"""
SELECT {_of("l", LEVEL)}, {_NO_LONGER_HELD} FROM {_CHANGED} WHERE {_HAS_DETAILS}
"""

DEMAND: Final = """
SELECT item_id, location_id, (%(now_us)s - fulfill_us) / %(week_us)s, sum(quantity)::bigint
FROM plan_row
WHERE fulfill_us <= %(now_us)s AND fulfill_us > %(now_us)s - %(window_us)s
    AND item_id NOT LIKE '~capacity/%%' AND item_id NOT LIKE '~waiting/%%'
    AND (%(items)s::text[] IS NULL OR item_id = ANY(%(items)s::text[]))
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

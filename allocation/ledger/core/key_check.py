"""What makes a text usable in every store."""

from __future__ import annotations

from typing import Final

from allocation.ledger.level import LevelKey
from routing.counters import is_counter_item
from routing.errors import Violation

MOST_CHARACTERS = 256
MOST_COMMENT_CHARACTERS = 4_000
_SURROGATES: Final = (0xD800, 0xDFFF)


def is_id(text: str) -> bool:
    """Say whether a text can be an id."""
    if not 0 < len(text) <= MOST_CHARACTERS:
        return False
    return "\0" not in text if text.isascii() else _is_storable(text)


def is_key(key: LevelKey) -> bool:
    """Say whether a key can be that of a level."""
    item_id, location_id, lot_id = key
    return is_id(item_id) and is_id(location_id) and (lot_id is None or is_id(lot_id))


def key_violations(key: LevelKey) -> list[Violation]:
    """Return what is wrong with a key."""
    if is_counter_item(key.item_id):
        return [Violation("item_id", f"{key.item_id!r} is kept for counting")]
    if is_key(key):
        return []
    found = id_violations("item_id", key.item_id) + id_violations("location_id", key.location_id)
    return found + ([] if key.lot_id is None else id_violations("lot_id", key.lot_id))


def named_twice(path: str, what: str) -> Violation:
    """Return what is wrong with a row that is about the same as another one."""
    return Violation(path, f"{what} twice; name it once, with all of its units")


def id_violations(path: str, text: str) -> list[Violation]:
    """Return what is wrong with an id."""
    if not text:
        return [Violation(path, "is empty")]
    return text_violations(path, text, MOST_CHARACTERS)


def text_violations(path: str, text: str, most_characters: int) -> list[Violation]:
    """Return what is wrong with a text that may be empty."""
    if len(text) > most_characters:
        return [Violation(path, f"has {len(text)} characters; at most {most_characters} are kept")]
    return (
        [] if _is_storable(text) else [Violation(path, "holds a character that cannot be stored")]
    )


def _is_storable(text: str) -> bool:
    if text.isascii():
        return "\0" not in text
    return "\0" not in text and not any(
        _SURROGATES[0] <= ord(one) <= _SURROGATES[1] for one in text
    )

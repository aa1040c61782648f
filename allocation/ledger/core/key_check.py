"""What makes a text usable in every store."""

from __future__ import annotations

from allocation.ledger.level import LevelKey
from routing.errors import Violation

MOST_CHARACTERS = 256
MOST_COMMENT_CHARACTERS = 4_000


def key_violations(key: LevelKey) -> list[Violation]:
    """Return what is wrong with a key."""
    found = id_violations("item_id", key.item_id) + id_violations("location_id", key.location_id)
    return found + ([] if key.lot_id is None else id_violations("lot_id", key.lot_id))


def id_violations(path: str, text: str) -> list[Violation]:
    """Return what is wrong with an id."""
    if not text:
        return [Violation(path, "is empty")]
    return text_violations(path, text, MOST_CHARACTERS)


def text_violations(path: str, text: str, most_characters: int) -> list[Violation]:
    """Return what is wrong with a text that may be empty."""
    if len(text) > most_characters:
        return [Violation(path, f"has {len(text)} characters; at most {most_characters} are kept")]
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        return [Violation(path, "holds a character that cannot be stored")]
    return []

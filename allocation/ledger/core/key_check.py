"""What makes a level's key usable in every store."""

from __future__ import annotations

from allocation.ledger.level import LevelKey
from routing.errors import Violation

MOST_CHARACTERS = 256


def key_violations(key: LevelKey) -> list[Violation]:
    """Return what is wrong with a key."""
    parts = (("item_id", key.item_id), ("location_id", key.location_id))
    found = [_text(path, text) for path, text in parts]
    if key.lot_id is not None:
        found.append(_text("lot_id", key.lot_id))
    return [violation for violation in found if violation is not None]


def _text(path: str, text: str) -> Violation | None:
    if not text:
        return Violation(path, "is empty")
    if len(text) > MOST_CHARACTERS:
        return Violation(path, f"has {len(text)} characters; at most {MOST_CHARACTERS} are kept")
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        return Violation(path, "holds a character that cannot be stored")
    return None

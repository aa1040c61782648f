"""Log entries as JSON, each in one line."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring
from typing import Final

_encode: Final = json.JSONEncoder(default=str, ensure_ascii=False).encode
_escape: Final = json.JSONEncoder(default=str).encode

_MOST_KEYS: Final = 256
_KEYS: Final[dict[str, str]] = {}
"""Keys as they are written; there are few."""


def json_lines(head: Mapping[str, object], entries: Sequence[Mapping[str, object]]) -> list[str]:
    """Return entries as JSON that is printable, a line each.

    Values that are none of JSON are written as `str` has them.

    Parameters
    ----------
    head
        What all of them begin with; a key that an entry has, too, is the entry's.
    """
    first = _members(head)
    lines = []
    for entry in entries:
        if head.keys().isdisjoint(entry):
            line = "{" + ", ".join(first + _members(entry)) + "}"
        else:
            line = "{" + ", ".join(_members({**head, **entry})) + "}"
        if not line.isprintable():
            # What a terminal obeys or a reader takes for the end of a line, and what no encoding
            # has.
            line = _escape({**head, **entry})
        lines.append(line)
    return lines


def _members(entry: Mapping[str, object]) -> list[str]:
    members = []
    for key, value in entry.items():
        known = _KEYS.get(key)
        if known is None:
            known = encode_basestring(key) + ": "
            if len(_KEYS) < _MOST_KEYS:
                _KEYS[key] = known
        members.append(known + _text(value))
    return members


def _text(value: object) -> str:
    """Return JSON of a value; of what most are, quicker than the encoder."""
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is float and math.isfinite(value):
        return repr(value)
    if type(value) is int:
        return str(value)
    return _encode(value)

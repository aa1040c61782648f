"""A log entry as one line of JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Final

_encode: Final = json.JSONEncoder(default=str, ensure_ascii=False).encode
_escape: Final = json.JSONEncoder(default=str).encode


def json_line(entry: Mapping[str, object]) -> str:
    """Return an entry as JSON that is printable, in one line.

    Values that are none of JSON are written as `str` has them.
    """
    parts: list[str] = []
    for key, value in entry.items():
        text = _text(value)
        parts.append(f"{encode_basestring(key)}: {_encode(value) if text is None else text}")
    line = "{" + ", ".join(parts) + "}"
    if line.isprintable():
        return line
    # What a terminal obeys or a reader takes for the end of a line, and what no encoding has.
    return _escape(entry)


def _text(value: object) -> str | None:
    """Return JSON of what most values are, quicker than the encoder; ``None`` of the others."""
    if type(value) is str:
        return encode_basestring(value)
    if type(value) is float and math.isfinite(value):
        return repr(value)
    if type(value) is int:
        return str(value)
    return None

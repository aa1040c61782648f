"""Arrays as parameters of statements, written in one go rather than element by element."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from allocation.ledger.postgres.byte_arrays import ByteArray, byte_array

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode

_CONTROL_CHARACTER = re.compile(r'\\[^"\\]')
"""In JSON; perhaps also what only looks like one."""


def text_array(texts: Iterable[str]) -> str | list[Any]:
    """Return texts as a parameter that is cast to ``text[]``."""
    return _text_of(list(texts))


def array_of(values: Sequence[Any]) -> str | list[Any] | ByteArray:
    """Return integers, texts, truths, bytes or ``None`` as a parameter that is cast to their array.

    Of texts with characters that JSON and PostgreSQL write in different ways, that is a list,
    which the driver takes element by element.
    """
    return byte_array(values) if values and isinstance(values[0], bytes) else _text_of(values)


def _text_of(values: Sequence[Any]) -> str | list[Any]:
    text = _encode(values)
    return list(values) if _CONTROL_CHARACTER.search(text) else f"{{{text[1:-1]}}}"

"""Arrays as parameters of statements, written in one go rather than element by element."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode

_CONTROL_CHARACTER = re.compile(r'\\[^"\\]')
"""In JSON; perhaps also what only looks like one."""

_HEXADECIMAL = '"\\\\x{}"'


def text_array(texts: Iterable[str]) -> str | list[str]:
    """Return texts as a parameter that is cast to ``text[]``."""
    return array_of(list(texts))


def array_of(values: Sequence[Any]) -> str | list[Any]:
    """Return integers, texts, truths, bytes or ``None`` as a parameter that is cast to their array.

    Of texts with characters that JSON and PostgreSQL write in different ways, that is a list,
    which the driver takes element by element.
    """
    if values and isinstance(values[0], bytes):
        return f"{{{','.join([_HEXADECIMAL.format(value.hex()) for value in values])}}}"
    text = _encode(values)
    return list(values) if _CONTROL_CHARACTER.search(text) else f"{{{text[1:-1]}}}"

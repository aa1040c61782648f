"""Reads the attributes that a class documents in numpydoc form."""

from __future__ import annotations

import inspect
import re

_SECTION = re.compile(r"^Attributes\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", re.MULTILINE | re.DOTALL)
_ENTRY = re.compile(r"^(\w[\w, ]*)\n((?:    .*\n?|\n)+)", re.MULTILINE)


def attributes_of(described: type) -> dict[str, str]:
    """Return what a class says of each attribute; names that share a text each get it."""
    section = _SECTION.search(inspect.cleandoc(described.__doc__ or "") + "\n")
    found: dict[str, str] = {}
    for entry in _ENTRY.finditer(section.group(1) if section else ""):
        text = " ".join(entry.group(2).split())
        found |= {name.strip(): text for name in entry.group(1).split(",")}
    return found

"""Settings as they may be shown."""

from __future__ import annotations

import re
from typing import Any, Final

_PASSWORD: Final = re.compile(r"(?<=://)([^/@:]*):[^/@]*@")
_PARAMETER: Final = re.compile(r"(?<=password=)[^&\s]+", re.IGNORECASE)


def shown(name: str, value: Any) -> str:
    """Return a setting for people: without a password, lists one after the other."""
    if value is None or value in ("", ()):
        return "-"
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return masked(text) if name == "store" else text


def masked(address: str) -> str:
    """Return a store's address with its password, if it has one, replaced by stars."""
    return _PARAMETER.sub("***", _PASSWORD.sub(r"\1:***@", address))


def has_password(address: str) -> bool:
    """Whether a store's address has a password in it."""
    return masked(address) != address

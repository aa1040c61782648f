"""Which addresses may be asked."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def is_safe(url: str) -> bool:
    """Say whether a key may be sent there: unprotected, it stays on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    plain = "?" in url or "#" in url or "@" in parts.netloc or not url.isprintable() or " " in url
    scheme_fits = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return bool(host) and scheme_fits and not plain

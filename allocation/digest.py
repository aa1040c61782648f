"""Digests of short texts, as quickly as Python gets at them."""

from __future__ import annotations

import hashlib
from typing import Final

_EMPTY: Final = hashlib.sha256()


def sha256(content: bytes) -> bytes:
    """Return the SHA-256 of some bytes.

    A copy of a digest of nothing is made in less time than a new one, for which OpenSSL looks
    up its algorithm by name.
    """
    digest = _EMPTY.copy()
    digest.update(content)
    return digest.digest()


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal digits."""
    return sha256(content).hex()

"""Bearer tokens that are looked up: random, long-lived, known by their digest only."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

TOKEN_BYTES: Final = 32
_PREFIX: Final = "sft_"
"""Lets scanners for leaked secrets find tokens."""


def new_token() -> str:
    """Return a new random token of 256 bits."""
    return _PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Return the SHA-256 of a token in lower-case hex, as the principals file has it.

    A plain digest is enough: what is random and this long cannot be guessed from it.
    """
    return hashlib.sha256(token.encode()).hexdigest()

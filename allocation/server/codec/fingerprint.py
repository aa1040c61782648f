"""Telling a request from any other."""

from __future__ import annotations

from google.protobuf.message import Message

from allocation.digest import sha256


def fingerprint_of(message: Message) -> bytes:
    """Return 32 bytes that only a request of the same type and content has."""
    content = message.SerializeToString(deterministic=True)
    return sha256(f"{message.DESCRIPTOR.full_name}\0".encode() + content)

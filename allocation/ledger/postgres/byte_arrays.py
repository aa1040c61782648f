"""Arrays of bytes as parameters: as they are, not as text of twice the size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import psycopg
from psycopg import pq
from psycopg.adapt import Dumper

_ELEMENT: Final = psycopg.adapters.types["bytea"].oid
_ARRAY: Final = psycopg.adapters.types["bytea"].array_oid


def _integer(value: int) -> bytes:
    return value.to_bytes(4, "big")


_ONE_DIMENSION: Final = _integer(1)
_NO_NULLS: Final = _integer(0)
_FROM_ONE: Final = _integer(1)


class ByteArray(NamedTuple):
    """Bytes that PostgreSQL takes as a ``bytea[]``, in its binary format."""

    content: bytes


def byte_array(values: Sequence[bytes]) -> ByteArray:
    """Return bytes, none of them ``None``, as a parameter of type ``bytea[]``."""
    parts = [_ONE_DIMENSION, _NO_NULLS, _integer(_ELEMENT), _integer(len(values)), _FROM_ONE]
    for value in values:
        parts.append(_integer(len(value)))
        parts.append(value)
    return ByteArray(b"".join(parts))


class _ByteArrayDumper(Dumper):
    format = pq.Format.BINARY
    oid = _ARRAY

    def dump(self, obj: ByteArray) -> bytes:
        return obj.content


psycopg.adapters.register_dumper(ByteArray, _ByteArrayDumper)

"""Methods whose requests are read in a way of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from allocation.server.codec.plain_request import PlainRequest, read_plain
from allocation.v1 import allocation_service_pb2 as pb


def read_allocate(content: bytes) -> PlainRequest | pb.AllocateRequest:
    """Return a request to Allocate, in short if it is like most.

    Raises
    ------
    google.protobuf.message.DecodeError
        If the bytes are no such request.
    """
    return read_plain(content) or pb.AllocateRequest.FromString(content)


READERS: Final[Mapping[str, Callable[[bytes], Any]]] = MappingProxyType(
    {"/allocation.v1.AllocationService/Allocate": read_allocate}
)
"""By full name of the method; protobuf reads those of all others."""

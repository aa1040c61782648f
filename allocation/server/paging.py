"""Pages of messages in the order of their ids."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from google.protobuf.message import Message

from allocation.errors import InvalidRequestError
from allocation.server.codec.findings import shown
from routing.errors import Violation

DEFAULT_PAGE_SIZE: Final = 100
MOST_PAGE_SIZE: Final = 1_000
MOST_PAGE_BYTES: Final = 3 << 20
"""A page of heavy messages is cut short, so that it stays below gRPC's usual 4 MiB."""

_PREFIX: Final = b"after:"

M = TypeVar("M", bound=Message)


def page(
    ids: Sequence[str], page_size: int, page_token: str, get: Callable[[str], M]
) -> tuple[list[M], str]:
    """Return the messages of one page and the token of the next, empty after the last.

    Pages stay consistent while entities are put in between: a token says after which id
    the next page starts.

    Parameters
    ----------
    ids
        Sorted.
    page_size
        0 to 1000; 0 means 100.
    page_token
        From the page before; empty for the first.

    Raises
    ------
    InvalidRequestError
        If the size or the token is none.
    """
    most, after = asked_page(page_size, page_token)
    start = bisect_right(ids, after) if page_token else 0
    wanted = ids[start : start + most]
    found: list[M] = []
    size = 0
    for each in wanted:
        message_ = get(each)
        size += message_.ByteSize()
        if found and size > MOST_PAGE_BYTES:
            break
        found.append(message_)
    is_last = start + len(found) >= len(ids)
    return found, "" if is_last else encode_token(wanted[len(found) - 1])


def asked_page(page_size: int, page_token: str) -> tuple[int, str]:
    """Return how many entries a page has, and after which id it begins: empty for the first.

    Raises
    ------
    InvalidRequestError
        If the size or the token is none.
    """
    violations = []
    if not 0 <= page_size <= MOST_PAGE_SIZE:
        message = f"is {page_size}; it must lie in [0, {MOST_PAGE_SIZE}]"
        violations.append(Violation("page_size", message))
    after = decode_token(page_token)
    if after is None:
        message = f"is {shown(page_token)}; give next_page_token of the page before, or nothing"
        violations.append(Violation("page_token", message))
    if after is None or violations:
        raise InvalidRequestError(violations)
    return page_size or DEFAULT_PAGE_SIZE, after


def encode_token(last_id: str) -> str:
    """Return the token of the page after an id."""
    return base64.urlsafe_b64encode(_PREFIX + last_id.encode()).decode()


def decode_token(token: str) -> str | None:
    """Return the id that a token stands for: empty for no token, ``None`` if it is none."""
    if not token:
        return ""
    try:
        content = base64.urlsafe_b64decode(token.encode())
        return content.removeprefix(_PREFIX).decode() if content.startswith(_PREFIX) else None
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None

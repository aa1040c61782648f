"""Pages of things that are numbered, the greatest number first."""

from __future__ import annotations

from allocation.errors import InvalidRequestError
from allocation.server.codec.findings import shown
from allocation.server.paging import DEFAULT_PAGE_SIZE, MOST_PAGE_SIZE, decode_token, encode_token
from routing.errors import Violation


def numbered_page(page_size: int, page_token: str, first: int) -> tuple[int, int]:
    """Return how many entries a page has, and below which number it begins.

    Parameters
    ----------
    page_size
        0 to 1000; 0 means 100.
    page_token
        From the page before; empty for the first.
    first
        What the first page begins below.

    Raises
    ------
    InvalidRequestError
        If the size or the token is none.
    """
    violations = []
    if not 0 <= page_size <= MOST_PAGE_SIZE:
        violations.append(
            Violation("page_size", f"is {page_size}; it must lie in [0, {MOST_PAGE_SIZE}]")
        )
    content = decode_token(page_token)
    if content is None or (page_token and not content.isdecimal()):
        message = f"is {shown(page_token)}; give next_page_token of the page before, or nothing"
        violations.append(Violation("page_token", message))
    if violations or content is None:
        raise InvalidRequestError(violations)
    return page_size or DEFAULT_PAGE_SIZE, int(content) if content else first


def number_token(last: int) -> str:
    """Return the token of the page that begins below a number."""
    return encode_token(str(last))

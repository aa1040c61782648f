"""How much one request may carry."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from allocation.errors import RequestTooLargeError
from routing.errors import out_of_range, raise_if_any

_MOST: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Most entries of each kind in one request; a limit of N admits exactly N.

    Attributes
    ----------
    lines
        Of an order.
    locations, items, rate_cards
        In one put, or inline in a planning request.
    levels
        Inline stock levels, over all items.
    rows
        Of a feed, in one of its messages.
    adjustments
        Of stock, in one call.
    asked_for
        Items, and locations, that a call about levels names.

    Raises
    ------
    routing.errors.InvalidInputError
        With every limit out of range.
    """

    lines: int = 500
    locations: int = 10_000
    items: int = 50_000
    rate_cards: int = 200
    levels: int = 500_000
    rows: int = 10_000
    adjustments: int = 1_000
    asked_for: int = 1_000

    def __post_init__(self) -> None:
        raise_if_any(
            out_of_range((each.name, getattr(self, each.name), 1, _MOST) for each in fields(self))
        )

    def check(self, kind: str, count: int) -> None:
        """Refuse more than the limit of `kind`, which names an attribute.

        Raises
        ------
        RequestTooLargeError
            With the limit and the count.
        """
        most = int(getattr(self, kind))
        if count > most:
            name = kind.replace("_", " ")
            raise RequestTooLargeError(
                f"{count} {name} in one request; send at most {most}",
                {"kind": kind, "count": str(count), "limit": str(most)},
            )

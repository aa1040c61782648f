"""Planning as if there were nothing but plain lines: what the other kinds cost these."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest.mock import patch

from routing.sourcing import build

ANSWERS_TO_PLAIN: Final[dict[str, Any]] = {
    "with_substitutes": lambda lines, order, network: lines,  # noqa: ARG005
    "at_store": lambda order, lines, network: order,  # noqa: ARG005
    "has_several_ways": lambda lines, network: False,  # noqa: ARG005
    "find_holdings": lambda *args, **more: None,  # noqa: ARG005
    "stores_of": lambda lines: (),  # noqa: ARG005
    "choices_of": lambda lines: None,  # noqa: ARG005
    "wait_days": lambda order, layout: None,  # noqa: ARG005
    "with_volume": lambda ruling, network, stock, lines: ruling,  # noqa: ARG005
    "expiry_charges": lambda *args: (),  # noqa: ARG005
}
"""What building a problem asks about lots, supply, pickup and the like, and what it is told of an
order that has none of it."""


@contextmanager
def plain_alone() -> Iterator[None]:
    """Answer those questions at once, as only holds for plain orders."""
    with ExitStack() as stack:
        for name, answer in ANSWERS_TO_PLAIN.items():
            stack.enter_context(patch.object(build, name, answer))
        yield

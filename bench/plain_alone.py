"""Planning as if there were nothing but plain lines: what the other kinds cost these."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any, Final
from unittest.mock import patch

from routing.sourcing import build, line_arrays

ANSWERS_TO_PLAIN: Final[dict[tuple[ModuleType, str], Any]] = {
    (build, "with_substitutes"): lambda lines, order, network: lines,  # noqa: ARG005
    (build, "at_store"): lambda order, lines, network: order,  # noqa: ARG005
    (build, "has_several_ways"): lambda lines, network: False,  # noqa: ARG005
    (build, "find_holdings"): lambda *args, **more: None,  # noqa: ARG005
    (build, "stores_of"): lambda lines: (),  # noqa: ARG005
    (line_arrays, "choices_of"): lambda lines: None,  # noqa: ARG005
    (build, "wait_days"): lambda order, layout: None,  # noqa: ARG005
    (build, "with_volume"): lambda ruling, network, stock, lines: ruling,  # noqa: ARG005
    (build, "expiry_charges"): lambda *args: (),  # noqa: ARG005
}
"""What building a problem asks about lots, supply, pickup and the like, and what it is told of an
order that has none of it."""


@contextmanager
def plain_alone() -> Iterator[None]:
    """Answer those questions at once, as only holds for plain orders."""
    with ExitStack() as stack:
        for (module, name), answer in ANSWERS_TO_PLAIN.items():
            stack.enter_context(patch.object(module, name, answer))
        yield

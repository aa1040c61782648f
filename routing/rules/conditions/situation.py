"""The facts that conditions are asked about together: an order and one of its lines, a location."""

from __future__ import annotations

from collections.abc import Mapping

import cel

Facts = Mapping[str, object]
"""Field of a subject to its value; lists as tuples, so that they can be keys."""


class Situation:
    """Facts by subject; what CEL needs of them is made once, and only when it is needed.

    Parameters
    ----------
    facts
        By subject: ``order``, ``line``, ``location``, ``item``.
    """

    __slots__ = ("_context", "facts")

    def __init__(self, **facts: Facts) -> None:
        self.facts = facts
        self._context: cel.Context | None = None

    @property
    def context(self) -> cel.Context:
        """The facts as variables of CEL."""
        if self._context is None:
            self._context = cel.Context(variables=self.facts)
        return self._context

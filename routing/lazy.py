"""Values that are worked out when somebody asks, and then kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Lazy(Generic[T]):
    """A value that is made when it is first asked for.

    Safe to use from many threads: of two that make it at the same time, either may win.

    Parameters
    ----------
    make
        Makes the same whenever it is called.
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], T]) -> None:
        self._make: Callable[[], T] | None = make
        self._made: T | None = None

    def get(self) -> T:
        """Return the value."""
        make = self._make
        if make is not None:
            self._made = make()
            self._make = None
        return self._made  # type: ignore[return-value]


class Once:
    """Things that follow from what many orders share, each made only once.

    Safe to use from many threads: of two that make one at the same time, either may win.
    """

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def find(self, key: Hashable) -> Any:
        """Return what was made for a key, ``None`` if nothing was yet."""
        return self._made.get(key)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` makes, made only once for a key.

        Parameters
        ----------
        key
            Of few values, since all of them are kept.
        make
            Makes the same whenever it is called, never ``None``, and nothing that is written to.
        """
        found: T | None = self._made.get(key)
        if found is None:
            found = self._made.setdefault(key, make())
        return found

"""Whose turn it is: orders that share no item may be planned side by side.

An order waits for the last earlier order of each of its items, directly or through others for
all of them; then its stock is what it would be if the orders came strictly one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from routing.ids import ItemId


class Turns:
    """Hands out orders as soon as nothing before them can change their stock.

    Parameters
    ----------
    needs
        Per order, in the sequence in which they came, the items that it may take.
    one_by_one
        Whether an order depends on all earlier ones for another reason than stock.
    """

    def __init__(self, needs: Sequence[Collection[ItemId]], *, one_by_one: bool = False) -> None:
        self._waiting_for = [0] * len(needs)
        self._followers: list[list[int]] = [[] for _ in needs]
        last: dict[ItemId, int] = {}
        for number, items in enumerate(needs):
            before = {last[item] for item in items if item in last}
            if one_by_one and number:
                before.add(number - 1)
            for earlier in before:
                self._followers[earlier].append(number)
            self._waiting_for[number] = len(before)
            last.update(dict.fromkeys(items, number))

    def first(self) -> list[int]:
        """Return the orders that wait for nothing."""
        return [number for number, count in enumerate(self._waiting_for) if not count]

    def done(self, number: int) -> list[int]:
        """Return the orders that this one was the last to hold up; call it once for each."""
        freed = []
        for follower in self._followers[number]:
            self._waiting_for[follower] -= 1
            if not self._waiting_for[follower]:
                freed.append(follower)
        return freed

"""Greatest flow from takes to portions, in whole units, and the cut that bounds it.

Networks here have a handful of points: augmenting along shortest paths is enough.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

SOURCE, SINK = 0, 1


@dataclass(slots=True)
class Flow:
    """A network with a flow on it.

    Edges are numbered from 0 in the order of `add`; edge ``2 * e`` goes forward, ``2 * e + 1``
    is its residual.
    """

    points: int = 2
    head: list[int] = field(default_factory=list)
    room: list[int] = field(default_factory=list)
    out: list[list[int]] = field(default_factory=lambda: [[], []])
    frozen: set[int] = field(default_factory=set)

    def point(self) -> int:
        """Add a point."""
        self.out.append([])
        self.points += 1
        return self.points - 1

    def add(self, tail: int, head: int, room: int) -> int:
        """Add an edge; return its number."""
        number = len(self.head) // 2
        for start, end, left in ((tail, head, room), (head, tail, 0)):
            self.out[start].append(len(self.head))
            self.head.append(end)
            self.room.append(left)
        return number

    def on(self, edge: int) -> int:
        """Return the flow on an edge."""
        return self.room[2 * edge + 1]

    def fill(self) -> int:
        """Push as much as possible from source to sink; return how much was added."""
        return self.push(SOURCE, SINK)

    def push(self, start: int, end: int) -> int:
        """Push as much as possible between two points, frozen edges left as they are."""
        total = 0
        while True:
            path = self._path(start, end)
            if path is None:
                return total
            most = min(self.room[edge] for edge in path)
            for edge in path:
                self.room[edge] -= most
                self.room[edge ^ 1] += most
            total += most

    def carry(self, edge: int, more: int) -> None:
        """Put more on one edge; what balances it was pushed elsewhere."""
        self.room[2 * edge] -= more
        self.room[2 * edge + 1] += more

    def freeze(self, edge: int) -> None:
        """Keep an edge's flow as it is from now on."""
        self.frozen.add(edge)

    def reached(self) -> set[int]:
        """Return the points that more flow could reach: the source's side of a least cut."""
        return set(self._search(SOURCE, None))

    def _path(self, start: int, end: int) -> list[int] | None:
        came = self._search(start, end)
        if end not in came:
            return None
        path = []
        point = end
        while point != start:
            edge = came[point]
            path.append(edge)
            point = self.head[edge ^ 1]
        return path

    def _search(self, start: int, end: int | None) -> dict[int, int]:
        """Return, for each point reached, the edge by which it was."""
        came = {start: -1}
        waiting = deque([start])
        while waiting:
            point = waiting.popleft()
            if point == end:
                break
            for edge in self.out[point]:
                far = self.head[edge]
                if far not in came and self.room[edge] > 0 and edge // 2 not in self.frozen:
                    came[far] = edge
                    waiting.append(far)
        return came

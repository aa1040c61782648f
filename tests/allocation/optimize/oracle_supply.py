"""Whether what locations ship can be supplied, portion by portion: by Hall's condition.

Units can be given to takers exactly if no set of takers wants more than everything that is
open to at least one of them. All sets are tried; no flow is computed.
"""

from __future__ import annotations

from itertools import combinations

from routing.sourcing.problem import SourcingProblem
from routing.sourcing.supply import NO_CEILING, Supply

Held = list[tuple[int, tuple[tuple[int, int], ...]]]
"""(slot, (line, increments) pairs) of each shipment."""


class OracleSupply:
    """Answers for one problem."""

    def __init__(self, problem: SourcingProblem) -> None:
        self._supply = problem.supply
        if self._supply is None:
            return
        self._use = self._supply.use.tolist()
        self._quantity = self._supply.quantity.tolist()
        self._ceiling = self._supply.ceiling.tolist()
        self._open: dict[tuple[int, int, int], set[int]] = {}
        for portion, line, slot in zip(
            self._supply.pair_portion.tolist(),
            self._supply.pair_line.tolist(),
            self._supply.pair_slot.tolist(),
            strict=True,
        ):
            key = (int(self._supply.resource[portion]), line, slot)
            self._open.setdefault(key, set()).add(portion)

    def has(self, held: Held) -> bool:
        """Say whether every unit that these shipments take can have a portion of its own."""
        if self._supply is None:
            return True
        for shared in self._supply.shared_lines:
            if sum(len(lines) for slot, lines in held if slot in shared.slots) > shared.most:
                return False
        resources = range(self._supply.use.shape[1])
        return all(self._is_supplied(self._supply, resource, held) for resource in resources)

    def _is_supplied(self, supply: Supply, resource: int, held: Held) -> bool:
        takers = [
            (number * self._use[line][resource], self._open.get((resource, line, slot), set()))
            for slot, contents in held
            for line, number in contents
            if self._use[line][resource]
        ]
        return all(
            sum(units for units, _ in some)
            <= self._held(supply, set().union(*(portions for _, portions in some)))
            for size in range(1, len(takers) + 1)
            for some in combinations(takers, size)
        )

    def _held(self, supply: Supply, portions: set[int]) -> int:
        """Return what a set of portions can give under their ceilings."""
        by_ceiling: dict[int, int] = {}
        for portion in portions:
            ceiling = self._ceiling[portion]
            by_ceiling[ceiling] = by_ceiling.get(ceiling, 0) + self._quantity[portion]
        return sum(
            held if ceiling == NO_CEILING else min(held, int(supply.ceiling_most[ceiling]))
            for ceiling, held in by_ceiling.items()
        )

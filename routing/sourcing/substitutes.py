"""Substitutes: what may be sent in place of what was ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import Violation
from routing.network import Network
from routing.order import Order, OrderLine
from routing.sourcing.resolve import ResolvedLine, resolve_line

MOST_WAYS: Final = 256
"""So many ways to choose are looked at for one order; the least preferred are left out."""


def with_substitutes(
    lines: Sequence[ResolvedLine], order: Order, network: Network
) -> tuple[ResolvedLine, ...]:
    """Return lines by id, each followed by its substitutes, most preferred first.

    Substitutes that are unknown, or do not come in the quantity ordered, are left out.
    """
    asked = {each.id: each for each in order.lines if each.substitute_ids}
    if not asked:
        return tuple(sorted(lines, key=lambda line: line.id))
    groups = [
        [line, *(_substitutes(line, asked[line.id], network) if line.id in asked else ())]
        for line in sorted(lines, key=lambda line: line.id)
    ]
    while prod(len(group) for group in groups) > MOST_WAYS:
        max(groups, key=len).pop()
    return tuple(line for group in groups for line in group)


def _substitutes(ordered: ResolvedLine, asked: OrderLine, network: Network) -> list[ResolvedLine]:
    found: list[ResolvedLine] = []
    problems: list[Violation] = []
    for item_id in dict.fromkeys(asked.substitute_ids):
        if item_id == asked.item_id or network.item(item_id) is None:
            continue
        other = replace(
            asked,
            item_id=item_id,
            components=(),
            weight_ug=None,
            lot_ids=frozenset(),
            serials=frozenset(),
            pickup_location_id=ordered.pickup_location_id,
        )
        line = resolve_line(other, network, "", problems)
        if line is not None:
            found.append(replace(line, substitute_rank=len(found) + 1))
    return found


def choices_of(lines: Sequence[ResolvedLine]) -> NDArray[np.int32] | None:
    """Return int32 ``[n]``: equal for a line and its substitutes; ``None`` if there are none."""
    if not any(line.substitute_rank for line in lines):
        return None
    swapped = {line.id for line in lines if line.substitute_rank}
    number = {line_id: index for index, line_id in enumerate(sorted(swapped))}
    return np.array([number.get(line.id, -1) for line in lines], dtype=np.int32)

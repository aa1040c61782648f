"""An order's lines as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.policy import Policy
from routing.sourcing.problem import Lines
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.substitutes import choices_of

Int64 = NDArray[np.int64]


def lines_of(lines: Sequence[ResolvedLine], demand: Int64, use: Int64) -> Lines:
    """Return lines with their demand, int64 ``[n]``, and use, int64 ``[n, k]``, in increments."""
    return Lines(
        ids=tuple(line.id for line in lines),
        demand=demand,
        use=use,
        group=_groups(lines),
        value_minor=np.array([line.value_minor for line in lines], dtype=np.int64),
        choice=choices_of(lines),
    )


def unfilled_minor(lines: Sequence[ResolvedLine], policy: Policy) -> Int64:
    """Return int64 ``[n]``: what an increment that stays unfilled costs, rounded up."""
    per_unit = policy.unfilled_unit_minor or 0
    return np.array([-(-per_unit // int(10**line.scale)) for line in lines], dtype=np.int64)


def _groups(lines: Sequence[ResolvedLine]) -> NDArray[np.int32]:
    names = sorted({line.group for line in lines if line.group is not None})
    number = {name: index for index, name in enumerate(names)}
    return np.array(
        [-1 if line.group is None else number[line.group] for line in lines], dtype=np.int32
    )

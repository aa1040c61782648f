"""Least sums over all divisions of a weight in two (min-plus convolution)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Ints = NDArray[np.signedinteger[Any]]


def _divisions(first: Ints, never: int) -> Ints:
    """Return the view ``[t, s]`` with ``first[t - s]``, `never` where that is no cell."""
    size = first.size
    padded = np.concatenate((np.full(size - 1, never, dtype=first.dtype), first))
    return sliding_window_view(padded, size)[:, ::-1]


def least_sums(first: Ints, second: Ints, never: int) -> Ints:
    """Return ``[t]``: least ``first[t - s] + second[s]``; `never` where none is possible."""
    return possible((_divisions(first, never) + second).min(axis=1), never)


def share_of_second(first: Ints, second: Ints, total: int) -> int:
    """Return the ``s`` of the least ``first[total - s] + second[s]``."""
    return int((first[total::-1] + second[: total + 1]).argmin())


def possible(sums: Ints, never: int) -> Ints:
    """Set sums with something that is not possible to `never`, in place."""
    sums[sums >= never // 2] = never
    return sums

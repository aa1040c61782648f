"""Percentiles and how figures are written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return a percentile (linear between neighbours), ``None`` of nothing."""
    return float(np.percentile(np.array(values, dtype=np.float64), percent)) if values else None


def median(values: Sequence[float]) -> float | None:
    """Return the median, ``None`` of nothing."""
    return percentile(values, 50)


def mean(values: Sequence[float]) -> float | None:
    """Return the mean, ``None`` of nothing."""
    return float(np.mean(np.array(values, dtype=np.float64))) if values else None


def rounded(value: float | None, digits: int = 4) -> float | None:
    """Round to significant digits, for the record."""
    return None if value is None else float(f"{value:.{digits}g}")


def shown(value: float | None, digits: int = 3, unit: str = "") -> str:
    """Write a figure with significant digits and without exponent; ``-`` if there is none."""
    if value is None:
        return "-"
    if value != 0 and abs(value) < 10**digits:
        text = f"{value:.{digits}g}"
        return (f"{float(text):f}".rstrip("0").rstrip(".") if "e" in text else text) + unit
    return f"{value:.0f}{unit}"

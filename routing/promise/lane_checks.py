"""What lanes must be before anything is promised for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.errors import Violation, raise_if_any
from routing.promise.delivery import MOST_TRANSIT_DAYS
from routing.promise.ship_date import MOST_EXTRA_PROCESSING_DAYS, order_problems
from routing.rating.transit import UNKNOWN_TRANSIT_DAYS

IntArray = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class LaneArrays:
    """The arrays of `routing.promise.promise.promise_lanes`, under their names there."""

    lane_location: IntArray
    lane_service: IntArray
    transit_min_days: IntArray
    transit_max_days: IntArray
    extra_processing_days: IntArray


def check_lanes(locations: int, services: int, lanes: LaneArrays, placed_time: datetime) -> None:
    """Raise `routing.errors.InvalidInputError` unless all lanes can be promised for.

    Parameters
    ----------
    locations, services
        How many there are for lanes to point to.
    """
    problems = [*order_problems(placed_time), *_shape_problems(lanes)]
    raise_if_any(problems)
    raise_if_any(
        [
            *_outside("lane_location", lanes.lane_location, locations - 1),
            *_outside("lane_service", lanes.lane_service, services - 1),
            *_outside(
                "extra_processing_days", lanes.extra_processing_days, MOST_EXTRA_PROCESSING_DAYS
            ),
            *_transit_problems(lanes.transit_min_days, lanes.transit_max_days),
        ]
    )


def _shape_problems(lanes: LaneArrays) -> Iterator[Violation]:
    wanted = (lanes.lane_location.size,)
    for name in (field.name for field in fields(lanes)):
        shape = getattr(lanes, name).shape
        one_for_all = name == "extra_processing_days" and shape == ()
        if shape != wanted and not one_for_all:
            yield Violation(name, f"has shape {shape}; give {wanted}, one per lane")


def _outside(name: str, numbers: IntArray, most: int) -> Iterator[Violation]:
    outside = (numbers < 0) | (numbers > most)
    if not outside.any():
        return
    for lane in np.flatnonzero(outside).tolist():
        path = f"{name}[{lane}]" if numbers.ndim else name
        yield Violation(path, f"{numbers.flat[lane]} is outside 0 to {most}")


def _transit_problems(least: IntArray, most: IntArray) -> Iterator[Violation]:
    is_range = (least >= 0) & (least <= most) & (most <= MOST_TRANSIT_DAYS)
    is_unknown = (least == UNKNOWN_TRANSIT_DAYS) & (most == UNKNOWN_TRANSIT_DAYS)
    for lane in np.flatnonzero(~(is_range | is_unknown)).tolist():
        yield Violation(
            f"transit_days[{lane}]",
            f"{least[lane]} to {most[lane]} is neither a range within 0 to {MOST_TRANSIT_DAYS} "
            f"nor {UNKNOWN_TRANSIT_DAYS} in both",
        )

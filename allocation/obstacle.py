"""What stands in the way of filling a line: rules, limits, and facts about stock and locations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from routing.ids import ItemId, LineId, LocationId


class ObstacleKind(Enum):
    """Kinds of obstacles; see the contract for each meaning."""

    RULE = "rule"
    MAX_SHIPMENTS = "max_shipments"
    WHOLE_LINES = "whole_lines"
    SHIP_COMPLETE = "ship_complete"
    LEAST_SHIPMENT = "least_shipment"
    GROUP = "group"
    UNFILLED_PENALTY = "unfilled_penalty"
    DELIVER_BY = "deliver_by"
    REQUESTED_LOCATIONS = "requested_locations"
    NOT_OPEN = "not_open"
    CHANNEL = "channel"
    CAPACITY = "capacity"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that would have to be otherwise.

    Attributes
    ----------
    rule
        Name of the rule, for `ObstacleKind.RULE`.
    item_id
        For `ObstacleKind.STOCK`.
    location_id
        Where it would have to be otherwise; ``None`` where one location alone would not do.
    detail
        What it would take, with the numbers: "2 more of SKU-88 at Dallas".
    """

    kind: ObstacleKind
    detail: str
    rule: str | None = None
    item_id: ItemId | None = None
    location_id: LocationId | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A smallest set of obstacles without which a line would be filled.

    Attributes
    ----------
    obstacles
        Empty when nothing that rules, limits or stock could change would fill the line.
    smallest
        Whether no smaller set would do, proven; else the search ended before it could tell,
        and each of these is needed together with the others.
    """

    line_id: LineId
    obstacles: tuple[Obstacle, ...]
    smallest: bool

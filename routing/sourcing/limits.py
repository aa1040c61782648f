"""What no plan of an order may break."""

from __future__ import annotations

import numpy as np

from routing.sourcing.layout import Layout
from routing.sourcing.policy import Policy
from routing.sourcing.portions import THERE_S
from routing.sourcing.problem import NO_LIMIT, Limits
from routing.sourcing.room import Room


def limits_of(room: Room, layout: Layout, policy: Policy) -> Limits:
    """Return the limits of a plan; what leaves later is held to those of an empty day."""
    places, then = layout.place, room.of_other_days()
    leaves_now = layout.start_s == THERE_S
    return Limits(
        line_split=policy.line_split,
        max_shipments=policy.max_shipments or NO_LIMIT,
        ship_complete=policy.ship_complete,
        min_shipment_minor=policy.min_shipment_minor,
        min_shipment_units=policy.min_shipment_units,
        location_lines=np.where(leaves_now, room.lines[places], then.lines[places]),
        location_units=np.where(leaves_now, room.units[places], then.units[places]),
    )

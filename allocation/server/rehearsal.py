"""Quotes a made-up cart before a shopper waits, so that what all orders share is there.

Calendars of public holidays, price lists of zones and distances are worked out when they are
first needed and then kept: together a tenth of a second to half a second of the first call.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from allocation.engine_api import PlanningRequest
from allocation.errors import EngineError
from allocation.server.planner import Planner
from routing.ids import LineId, OrderId
from routing.item import InventoryItem
from routing.location import StockLocation
from routing.network import Network
from routing.order import Destination, Order, OrderLine
from routing.quantity import E6
from routing.sourcing.policy import Policy
from routing.sourcing.stock import InlineStockView

LOG: Final = logging.getLogger("allocation.server")

_LINES: Final = 2
_MOST_ITEMS_LOOKED_AT: Final = 50
_BUDGET_S: Final = 1.0


def rehearse(planner: Planner, network: Network, now: datetime) -> int:
    """Quote a cart of the network's first items, to a home and to a business.

    Returns
    -------
    int
        Quotes made: 0 where a network has nothing to quote from.
    """
    destination = next(_places(network), None)
    items = list(islice(_items(network), _LINES))
    if destination is None or not items or not network.cards.cards:
        return 0
    lines = tuple(
        OrderLine(LineId(str(number)), E6, item.id) for number, item in enumerate(items, start=1)
    )
    levels = {item.id: {place.id: 1 for place in network.locations} for item in items}
    for residential in (True, False):
        to = Destination(
            destination.country,
            destination.postal_code,
            destination.coordinates,
            residential=residential,
        )
        order = Order(OrderId("rehearsal"), now, to, lines)
        planner.quote(
            PlanningRequest("", order, network, InlineStockView(levels), Policy(), now, _BUDGET_S)
        )
    return 2


def rehearse_quietly(planner: Planner, network: Network, now: datetime) -> None:
    """Do so, and only note it if this network cannot be quoted from yet."""
    try:
        rehearse(planner, network, now)
    except EngineError as error:
        LOG.info("nothing could be quoted in advance", extra={"problem": error.message})


def _places(network: Network) -> Iterator[StockLocation]:
    return (place for place in network.locations if place.coordinates or place.postal_code)


def _items(network: Network) -> Iterator[InventoryItem]:
    """Yield items that can be sent, of the first few: they are read when they are asked for."""
    for item_id in islice(network.items, _MOST_ITEMS_LOOKED_AT):
        item = network.items.get(item_id)
        if item is not None and item.weight_ug > 0:
            yield item

"""Giving a server what it plans with: locations, items and levels."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Final

from allocation.cli.connection import Connection
from allocation.cli.consoles import note
from allocation.cli.failure import CommandError
from allocation.v1.inline_stock_pb2 import InlineStock
from allocation.v1.stock_pb2 import StockOwner
from allocation.v1.stock_service_pb2 import FeedHeader, FeedKind, LevelRow, SetLevelsRequest
from routing.v1.network_service_pb2 import PutCartonsRequest, PutItemsRequest, PutLocationsRequest

ITEMS_A_CALL: Final = 5_000
ROWS_A_MESSAGE: Final = 5_000


def put_cartons(connection: Connection, cartons: PutCartonsRequest) -> None:
    """Register cartons, before the locations that may name them."""
    if cartons.cartons:
        for warning in connection.network.PutCartons(cartons).warnings:
            note(f"warning: {warning}")


def put_locations(connection: Connection, locations: PutLocationsRequest) -> None:
    """Register locations, all or none; what deserves a look goes to stderr."""
    if locations.locations:
        for warning in connection.network.PutLocations(locations).warnings:
            note(f"warning: {warning}")


def put_items(
    connection: Connection, items: PutItemsRequest, advance: Callable[[int], None] = lambda _: None
) -> None:
    """Register items, `ITEMS_A_CALL` at a time; parts of kits must come before the kits.

    `advance` is called after each call with the number of items in it.
    """
    for start in range(0, len(items.items), ITEMS_A_CALL):
        part = PutItemsRequest(items=items.items[start : start + ITEMS_A_CALL])
        for warning in connection.network.PutItems(part).warnings:
            note(f"warning: {warning}")
        advance(len(part.items))


def set_levels(connection: Connection, stock: InlineStock) -> int:
    """Send levels as what the other system has available; return how many were accepted.

    Raises
    ------
    CommandError
        With every row that the server refused; the others count.
    """
    answer = connection.stock.SetLevels(_feed(stock))
    if answer.refused_rows:
        details = [f"row {error.row}: {error.path}: {error.message}" for error in answer.errors]
        raise CommandError(
            f"the server refused {answer.refused_rows} level(s) and took {answer.accepted_rows}",
            details=details,
        )
    return int(answer.accepted_rows)


def _feed(stock: InlineStock) -> Iterator[SetLevelsRequest]:
    rows = [
        LevelRow(
            inventory_item_id=item.inventory_item_id,
            location_id=level.location_id,
            quantity=level.available,
        )
        for item in stock.items
        for level in item.levels
    ]
    header = FeedHeader(
        request_id=str(uuid.uuid4()),
        kind=FeedKind.FEED_KIND_DELTA,
        # The figures come from a system that has subtracted its own reservations.
        owner=StockOwner.STOCK_OWNER_MIRROR,
    )
    yield SetLevelsRequest(header=header, rows=rows[:ROWS_A_MESSAGE])
    for start in range(ROWS_A_MESSAGE, len(rows), ROWS_A_MESSAGE):
        yield SetLevelsRequest(rows=rows[start : start + ROWS_A_MESSAGE])

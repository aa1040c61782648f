"""Calls about levels that are answered once: adjust, availability, audit, history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from allocation.errors import RequestTooLargeError
from allocation.ledger.api import Ledger
from allocation.ledger.commands import Adjust
from allocation.ledger.errors import TakesTooMuchError
from allocation.ledger.level import Buckets, Level, LevelKey, StockOwner
from allocation.ledger.replies import AdjustReply, Difference
from allocation.ledger.serials import SerialKey
from allocation.server.codec.adjustments import decode_adjustment
from allocation.server.codec.findings import Findings
from allocation.server.codec.kit_availability import encode_kits, parts_of_kits
from allocation.server.codec.level import (
    encode_entry,
    encode_level,
    encode_levels,
    encode_proposed,
    scale_of,
)
from allocation.server.codec.names import Names
from allocation.server.codec.serial_units import encode_serials
from allocation.server.codec.text import decode_id, decode_word
from allocation.server.codec.times import decode_time
from allocation.server.codec.waiting import encode_allotted, encode_slipped, encode_waiting
from allocation.server.limits import RequestLimits
from allocation.server.low_stock import LowStock
from allocation.server.network_state import NetworkState
from allocation.server.network_store import NetworkStore
from allocation.server.number_pages import number_token, numbered_page
from allocation.v1 import stock_service_pb2 as pb
from routing.counters import counted_item, waiting_item
from routing.ids import ItemId, LocationId, LotId
from routing.network import Network
from routing.sourcing.stock import Place

MOST_LEVELS: Final = 100_000
"""Levels in one answer."""

MOST_WAITING: Final = 10_000
"""Rows of units that wait in one answer."""

MOST_SETTLED: Final = 1_000
"""Units of each kind that the answer to an adjustment lists; as for feeds."""

MOST_DIFFERENCES: Final = 1_000
"""Differences in one answer; the others are counted."""

_NO_ENTRY_YET: Final = 2**63 - 1
_Value = TypeVar("_Value", ItemId, LocationId)


_Naming = (
    pb.GetAvailabilityRequest
    | pb.WatchStockRequest
    | pb.ListLowStockRequest
    | pb.ListWaitingRequest
)


@dataclass(frozen=True, slots=True)
class StockCalls:
    """Answers calls about levels; its methods block while the store works.

    Attributes
    ----------
    ledger
        Keeps the levels.
    network
        Says which items and locations there are, and how items are counted.
    limits
        Most entries of one request.
    now
        Wall clock: aware UTC datetimes.
    """

    ledger: Ledger
    network: NetworkStore
    limits: RequestLimits
    now: Callable[[], datetime]

    def adjustments(self, message: pb.AdjustStockRequest) -> Adjust:
        """Return the write that a call asks for.

        Raises
        ------
        allocation.errors.EngineError
        """
        self.limits.check("adjustments", len(message.adjustments))
        return self.network.with_names(lambda state: self._adjustments(message, state.network))

    def _adjustments(self, message: pb.AdjustStockRequest, network: Network) -> Adjust:
        findings, names = Findings(), Names(network)
        decode_word(message.request_id, "request_id", findings)
        found = [
            decode_adjustment(each, f"adjustments[{index}]", findings, names)
            for index, each in enumerate(message.adjustments)
        ]
        findings.raise_if_refused()
        names.raise_if_unknown()
        return Adjust(
            now=self.now(),
            request_id=message.request_id,
            adjustments=tuple(each for each in found if each is not None),
            allot_by=self.ledger.allot_by,
        )

    def adjusted(self, reply: AdjustReply) -> pb.AdjustStockResponse:
        """Return the answer to adjustments that were written."""
        items = self._network.items
        allotted, slipped = reply.settled.allotted, reply.settled.slipped
        return pb.AdjustStockResponse(
            levels=[encode_level(level, items) for level in reply.levels],
            stock_version=reply.version,
            allotted=encode_allotted(allotted[:MOST_SETTLED], items),
            slipped=encode_slipped(slipped[:MOST_SETTLED], items),
            more_allotted=max(0, len(allotted) - MOST_SETTLED),
            more_slipped=max(0, len(slipped) - MOST_SETTLED),
        )

    def in_units(self, error: TakesTooMuchError) -> TakesTooMuchError:
        """Return an error that speaks of an item's units, not of its increments."""
        items = self._network.items
        return TakesTooMuchError(error.found, lambda item_id: scale_of(item_id, items))

    def availability(self, message: pb.GetAvailabilityRequest) -> pb.GetAvailabilityResponse:
        """Return levels as of one instant.

        Raises
        ------
        allocation.errors.EngineError
        """
        findings, now = Findings(), self.now()
        at_time = now
        if message.HasField("at_time"):
            at_time = decode_time(message.at_time, "at_time", findings) or now
        if not message.inventory_item_ids:
            findings.refuse("inventory_item_ids", "is empty; name 1 to 1,000 items")
        items, places = self._named(message, findings)
        known = self._network.items
        kits = parts_of_kits(items, known)
        read = list(dict.fromkeys((*items, *(part for parts in kits.values() for part in parts))))
        reply = self.ledger.levels(now=now, item_ids=read, location_ids=places)
        if len(reply.levels) > MOST_LEVELS:
            raise RequestTooLargeError(
                f"{len(reply.levels)} levels in one answer; ask for at most {MOST_LEVELS}: name "
                "fewer items, or locations",
                {"kind": "levels", "count": str(len(reply.levels)), "limit": str(MOST_LEVELS)},
            )
        levels = encode_levels(reply.levels, known, at_time, now, self._waiting(read, now))
        asked = set(items)
        return pb.GetAvailabilityResponse(
            levels=[level for level in levels if level.inventory_item_id in asked],
            stock_version=reply.version,
            kits=encode_kits(kits, levels),
        )

    def _waiting(self, items: Sequence[ItemId], now: datetime) -> dict[Place, int]:
        """Return increments that wait, by item and location."""
        counters = [waiting_item(item_id) for item_id in items]
        levels = self.ledger.levels(now=now, item_ids=counters).levels
        return {
            (counted_item(level.key.item_id), level.key.location_id): -level.available
            for level in levels
            if level.available < 0
        }

    def waiting(self, message: pb.ListWaitingRequest) -> pb.ListWaitingResponse:
        """Return which units of plans wait for supply.

        Raises
        ------
        allocation.errors.EngineError
        """
        items, places = self._named(message, Findings())
        found = self.ledger.waiting(now=self.now(), item_ids=items, location_ids=places)
        return pb.ListWaitingResponse(
            units=encode_waiting(found[:MOST_WAITING], self._network.items)
        )

    def serials(self, message: pb.FindSerialsRequest) -> pb.FindSerialsResponse:
        """Return where units are, and which plan has them.

        Raises
        ------
        allocation.errors.EngineError
        """
        findings = Findings()
        item_id = ItemId(decode_id(message.inventory_item_id, "inventory_item_id", findings))
        self.limits.check("asked_for", len(message.serials))
        if not message.serials:
            findings.refuse("serials", "is empty; name 1 to 1,000 units")
        keys = [
            SerialKey(item_id, decode_id(serial, f"serials[{index}]", findings))
            for index, serial in enumerate(message.serials)
        ]
        findings.raise_if_refused()
        self._raise_if_unknown({"inventory_item_id": item_id}, {})
        found = self.ledger.serials(keys).values()
        return pb.FindSerialsResponse(units=encode_serials(found, self.now()))

    def watched(self, message: pb.WatchStockRequest) -> tuple[set[ItemId], set[LocationId]]:
        """Return the items and locations that a watcher names; none means all.

        Raises
        ------
        allocation.errors.EngineError
        """
        findings = Findings()
        if message.after_stock_version < 0:
            given = message.after_stock_version
            findings.refuse("after_stock_version", f"is {given}; give 0, or a version of a change")
        items, places = self._named(message, findings)
        return set(items), set(places)

    def audit(self, message: pb.AuditStockRequest) -> pb.AuditStockResponse:
        """Recompute levels, and put them right if told to.

        Raises
        ------
        allocation.errors.EngineError
        """
        findings = Findings()
        items = _items(message.inventory_item_ids, findings, self.limits)
        findings.raise_if_refused()
        self._raise_if_unknown(_numbered("inventory_item_ids", items), {})
        report = self.ledger.audit(now=self.now(), item_ids=items, apply=message.apply)
        shown = report.differences[:MOST_DIFFERENCES]
        return pb.AuditStockResponse(
            levels_checked=report.levels_checked,
            differences=self._differences(shown),
            levels_differing=len(report.differences),
        )

    def entries(self, message: pb.ListStockEntriesRequest) -> pb.ListStockEntriesResponse:
        """Return a page of what has happened to an item's levels, newest first.

        Raises
        ------
        allocation.errors.EngineError
        """
        findings = Findings()
        item_id = ItemId(decode_id(message.inventory_item_id, "inventory_item_id", findings))
        place = decode_word(message.location_id, "location_id", findings)
        lot = decode_word(message.lot_id, "lot_id", findings)
        findings.raise_if_refused()
        size, before = numbered_page(message.page_size, message.page_token, _NO_ENTRY_YET)
        location = {} if place is None else {"location_id": LocationId(place)}
        self._raise_if_unknown({"inventory_item_id": item_id}, location)
        rows = self.ledger.history(
            item_id,
            location_id=None if place is None else LocationId(place),
            lot_id=None if lot is None else LotId(lot),
            before_entry_id=before,
            limit=size + 1,
        )
        items = self._network.items
        return pb.ListStockEntriesResponse(
            entries=[encode_entry(row, items) for row in rows[:size]],
            next_page_token=number_token(rows[size - 1].entry_id) if len(rows) > size else "",
        )

    def low_stock(self, message: pb.ListLowStockRequest) -> pb.ListLowStockResponse:
        """Return a page of what runs low.

        Raises
        ------
        allocation.errors.EngineError
        """
        items, places = self._named(message, Findings())
        return LowStock(self.ledger, self.network, self.now).page(message, items, set(places))

    @property
    def _network(self) -> Network:
        return self.network.state.network

    def _named(
        self,
        message: _Naming,
        findings: Findings,
    ) -> tuple[list[ItemId], list[LocationId]]:
        items = _items(message.inventory_item_ids, findings, self.limits)
        self.limits.check("asked_for", len(message.location_ids))
        for index, place in enumerate(message.location_ids):
            decode_id(place, f"location_ids[{index}]", findings)
        findings.raise_if_refused()
        places = [LocationId(place) for place in message.location_ids]
        self._raise_if_unknown(
            _numbered("inventory_item_ids", items), _numbered("location_ids", places)
        )
        return items, places

    def _raise_if_unknown(
        self, items: Mapping[str, ItemId], places: Mapping[str, LocationId]
    ) -> None:
        """Raise for what nobody knows; both by their paths in the request."""

        def look_up(state: NetworkState) -> None:
            names = Names(state.network)
            for path, item_id in items.items():
                names.item(item_id, path)
            for path, location_id in places.items():
                names.location(location_id, path)
            names.raise_if_unknown()

        self.network.with_names(look_up)

    def _differences(self, found: Sequence[Difference]) -> list[pb.AuditDifference]:
        items = sorted({each.key.item_id for each in found})
        now = self.now()
        known = self.ledger.levels(now=now, item_ids=items).levels if items else ()
        levels = {level.key: level for level in known}

        def level(key: LevelKey, buckets: Buckets) -> Level:
            # A level that is missing altogether has nothing but its figures.
            base = levels.get(key) or Level(key, StockOwner.ENGINE, buckets, now)
            return base._replace(buckets=buckets)

        return [
            pb.AuditDifference(
                stored=encode_level(level(each.key, each.stored), self._network.items),
                recomputed=encode_level(level(each.key, each.recomputed), self._network.items),
                compensated=each.compensated,
                proposed=encode_proposed(each, self._network.items),
            )
            for each in found
        ]


def _numbered(field: str, values: Sequence[_Value]) -> dict[str, _Value]:
    return {f"{field}[{index}]": value for index, value in enumerate(values)}


def _items(ids: Sequence[str], findings: Findings, limits: RequestLimits) -> list[ItemId]:
    limits.check("asked_for", len(ids))
    for index, item_id in enumerate(ids):
        decode_id(item_id, f"inventory_item_ids[{index}]", findings)
    return [ItemId(item_id) for item_id in ids]

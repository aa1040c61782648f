"""Needs: which portions of an item will do for which lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from routing.ids import LotId
from routing.item import BackorderPolicy, InventoryItem, ItemTracking
from routing.sourcing.feeds import Feed
from routing.sourcing.portions import THERE_S, Portion, unix_s
from routing.sourcing.resolve import ResolvedLine


@dataclass(frozen=True, slots=True)
class Need:
    """What a line asks of the units of an item.

    Attributes
    ----------
    shelf_life_days
        That must remain on the day of delivery.
    lot_ids, serials
        Only these will do; empty means any.
    may_wait
        Whether units that are not in stock yet will do.
    release_s
        Unix seconds before which they do not leave; `THERE_S`: at any time.
    """

    shelf_life_days: int = 0
    lot_ids: frozenset[LotId] = frozenset()
    serials: frozenset[str] = frozenset()
    may_wait: bool = False
    release_s: int = THERE_S

    def takes(self, portion: Portion) -> bool:
        """Say whether a portion will do, its dates aside."""
        if portion.waits:
            return self.may_wait and not self.lot_ids and not self.serials
        if self.lot_ids and portion.lot_id not in self.lot_ids:
            return False
        return not self.serials or portion.serial in self.serials

    def is_within(self, other: Need) -> bool:
        """Say whether all that will do for this need does for the other, wherever it is."""
        return (
            self.shelf_life_days >= other.shelf_life_days
            and (not other.lot_ids or (bool(self.lot_ids) and self.lot_ids <= other.lot_ids))
            and (not other.serials or (bool(self.serials) and self.serials <= other.serials))
            and (other.may_wait or not self.may_wait)
            and self.release_s >= other.release_s
        )


@dataclass(frozen=True, slots=True)
class NeedClass:
    """Lines that need an item in the same way, and get it from the same places.

    Attributes
    ----------
    item
        Its index in the order.
    origins
        For each feed of a hub, the location that the lines come from.
    """

    item: int
    need: Need
    lines: tuple[int, ...]
    origins: tuple[int, ...] = ()

    def is_within(self, other: NeedClass) -> bool:
        """Say whether all portions of this class are the other's, too, on every lane."""
        same = self.item == other.item and self.origins == other.origins
        return same and self.need.is_within(other.need)


def need_of(line: ResolvedLine, item: InventoryItem, now: datetime) -> Need:
    """Return what a line asks of one of its items at an aware time."""
    release = line.release_time
    return Need(
        shelf_life_days=max(item.min_shelf_life_days, line.min_shelf_life_days),
        lot_ids=line.lot_ids if item.tracking is ItemTracking.LOT else frozenset(),
        serials=line.serials if item.tracking is ItemTracking.SERIAL else frozenset(),
        may_wait=line.backorder_policy is BackorderPolicy.ALLOW,
        release_s=THERE_S if release is None or release <= now else unix_s(release),
    )


def by_origins(classes: Sequence[NeedClass], feeds: Sequence[Feed]) -> tuple[NeedClass, ...]:
    """Divide classes until all lines of each come from the same locations in every feed."""
    if not feeds:
        return tuple(classes)
    found = []
    for each in classes:
        by_origin: dict[tuple[int, ...], list[int]] = {}
        for line in each.lines:
            origins = tuple(int(feed.origin[line]) for feed in feeds)
            by_origin.setdefault(origins, []).append(line)
        found += [
            replace(each, lines=tuple(lines), origins=origins)
            for origins, lines in by_origin.items()
        ]
    return tuple(found)


def need_classes(
    lines: Sequence[ResolvedLine],
    items: Sequence[InventoryItem],
    takes: Sequence[Sequence[int]],
    now: datetime,
) -> tuple[NeedClass, ...]:
    """Return the classes of lines by item, those that are within others first.

    Parameters
    ----------
    takes
        By item, the lines that take it from stock.
    """
    found: list[NeedClass] = []
    for number, item in enumerate(items):
        by_need: dict[Need, list[int]] = {}
        for line in takes[number]:
            by_need.setdefault(need_of(lines[line], item, now), []).append(line)
        found += [NeedClass(number, need, tuple(members)) for need, members in by_need.items()]
    return tuple(found)

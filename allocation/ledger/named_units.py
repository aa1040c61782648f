"""A picture of stock in which the units that an order names are told apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from allocation.ledger.level import LevelKey
from allocation.ledger.serials import SerialClaim, SerialKey
from routing.ids import ItemId, LocationId
from routing.sourcing.stock import StockDetail, StockDetails, StockView


@dataclass(frozen=True, slots=True)
class NamedUnits:
    """Implements `routing.sourcing.stock.StockView`: another view, and where some units are.

    Attributes
    ----------
    places
        The level of each unit that can be had. All others are units like any.
    """

    base: StockView
    places: Mapping[SerialKey, LevelKey] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """See `StockView.version`."""
        return self.base.version

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """See `StockView.matrix`."""
        return self.base.matrix(item_ids, location_ids)

    def details(self, item_ids: Sequence[ItemId]) -> StockDetails:
        """Return the details of the other view with the serials that are there."""
        found = {item_id: dict(here) for item_id, here in self.base.details(item_ids).items()}
        wanted = frozenset(item_ids)
        for (item_id, serial), level in sorted(self.places.items()):
            if item_id in wanted:
                here = found.setdefault(item_id, {})
                detail = here.get(level.location_id, StockDetail())
                here[level.location_id] = replace(detail, serials=(*detail.serials, serial))
        return found


def places_of(
    claims: Iterable[SerialClaim], now: datetime, own_plan_id: str | None
) -> dict[SerialKey, LevelKey]:
    """Return where the units are that can be had, also those that `own_plan_id` has already."""
    return {
        claim.key: claim.place
        for claim in claims
        if claim.place is not None
        and (claim.is_free(now) or (claim.plan_id == own_plan_id and not claim.shipped))
    }

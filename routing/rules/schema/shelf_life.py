"""How long units must keep once they have arrived."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from routing.item import MAX_SHELF_LIFE_DAYS
from routing.rules.schema.base import ConditionText, Rule


class ShelfLife(Rule):
    """For lines for which `when` holds, asks for lots that keep for long enough after delivery.

    Days count from the latest delivery date that the location's carrier service promises. What
    the item or the order's line asks counts too: of all of it, the most. Units whose lots are not
    told, or that do not expire, are always good.
    """

    when: ConditionText | None = Field(
        default=None, description="Condition on `order` and `line`: which lines. Default: all."
    )
    days: Annotated[int, Field(ge=1, le=MAX_SHELF_LIFE_DAYS)] = Field(
        description="Days of shelf life that must remain on the delivery date."
    )

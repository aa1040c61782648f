"""What of the stock that came with a request could not be planned with, and may be missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from allocation.engine_api import PlanningRequest
from allocation.plan import Plan
from allocation.server.codec.findings import shown
from routing.ids import ItemId, LineId
from routing.sourcing.stock import InlineStockView

_MOST_NAMED: Final = 5


def left_out(request: PlanningRequest, plan: Plan) -> tuple[str, ...]:
    """Return a sentence for levels at unknown places, and one for items without any level.

    Said of plans that leave something unfilled only: most callers send more levels than an order
    needs, and a misspelt id looks like a lack of stock.
    """
    if not plan.unfilled or not isinstance(request.stock, InlineStockView):
        return ()
    levels, known = request.stock.levels, request.network.location_index
    strange = {
        location_id
        for row in levels.values()
        for location_id, increments in row.items()
        if increments > 0 and location_id not in known
    }
    unfilled = {each.line_id for each in plan.unfilled}
    bare = sorted(set(_items(request, unfilled)) - levels.keys())
    found = []
    if strange:
        found.append(
            f"levels at {len(strange)} location(s) that the network does not have were left out: "
            f"{_named(sorted(strange))}"
        )
    if bare:
        found.append(
            f"{len(bare)} item(s) of unfilled lines came without a level, which counts as not "
            f"stocked: {_named(bare)}"
        )
    return tuple(found)


def _items(request: PlanningRequest, line_ids: set[LineId]) -> Iterator[ItemId]:
    """Yield the items that lines are made of, as far down as the lines themselves say."""
    for line in request.order.lines:
        if line.id not in line_ids:
            continue
        item = None if line.item_id is None else request.network.item(line.item_id)
        components = line.components or (() if item is None else item.components)
        if components:
            parts = (request.network.item(each.item_id) for each in components)
            yield from (part.id for part in parts if part is not None and not part.is_kit)
        elif item is not None:
            yield item.id


def _named(names: Sequence[str]) -> str:
    more = "" if len(names) <= _MOST_NAMED else f" and {len(names) - _MOST_NAMED} more"
    return ", ".join(shown(name) for name in names[:_MOST_NAMED]) + more

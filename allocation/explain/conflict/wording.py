"""Obstacles in words that say what it would take, with the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.engine_api import PlanningRequest
from allocation.explain.conflict.relaxation import Relaxation
from allocation.money_text import amount_text
from allocation.obstacle import Obstacle, ObstacleKind
from allocation.optimize.solution import Solution
from routing.ids import ItemId, LocationId
from routing.quantity import Quantity
from routing.sourcing.build import Sourcing
from routing.sourcing.policy import Policy
from routing.sourcing.resolve import ResolvedLine


@dataclass(frozen=True, slots=True)
class Wording:
    """What it takes to fill one line.

    Attributes
    ----------
    before
        The sourcing problem that was planned.
    after, plan
        The problem without the obstacles, and a plan of it that fills the line.
    place
        The only location where facts have to be otherwise; ``None`` if one is not enough or
        no fact is among the obstacles.
    """

    request: PlanningRequest
    before: Sourcing
    number: int
    after: Sourcing
    plan: Solution
    place: int | None

    def obstacle(self, relaxation: Relaxation) -> Obstacle:
        """Return one obstacle."""
        kind = relaxation.kind
        if kind is ObstacleKind.RULE:
            return Obstacle(kind, self._rule(relaxation.name), rule=relaxation.name)
        if kind is ObstacleKind.STOCK:
            item_id = ItemId(relaxation.name)
            return Obstacle(
                kind, self._stock(item_id), item_id=item_id, location_id=self._location_id()
            )
        if kind in _AT_A_PLACE:
            detail = _AT_A_PLACE[kind].format(
                place=self._place(), channel=self.request.order.channel
            )
            return Obstacle(kind, detail, location_id=self._location_id())
        return Obstacle(kind, _LIMITS[kind].format(**self._figures()))

    def penalty(self) -> Obstacle:
        """Return the obstacle of a line that costs more to fill than to leave out."""
        per_unit = self.policy.unfilled_unit_minor or 0
        amount = amount_text(per_unit, self.before.currency)
        detail = f"a cost of unfilled units above {amount}: to fill it costs more than that"
        return Obstacle(ObstacleKind.UNFILLED_PENALTY, detail)

    @property
    def policy(self) -> Policy:
        """The knobs that held."""
        return self.before.policy

    @property
    def line(self) -> ResolvedLine:
        """The line that is left out."""
        return self.before.lines[self.number]

    def _rule(self, name: str) -> str:
        rules = self.request.policy.restrictions(
            self.request.order, self.before.lines, self.request.network
        )
        because = next((each.because for each in rules if each.name == name), "")
        return f"no rule {name}{f' ({because})' if because else ''}"

    def _stock(self, item_id: ItemId) -> str:
        item = self.request.network.items[item_id]
        missing = self._missing(item_id)
        some = str(Quantity(missing, item.quantity_scale)) if missing > 0 else "some"
        return f"{some} more of {item.sku or item.id} at {self._place()}"

    def _missing(self, item_id: ItemId) -> int:
        """Return how many increments more the plan takes there than can be promised now."""
        if self.place is None:
            return 0
        taken = sum(
            increments * use.increments
            for shipment in self.plan.allocation.shipments
            if int(self.after.facts.location[shipment.lane]) == self.place
            for line, increments in shipment.quantities
            for use in self.after.lines[line].uses
            if use.item.id == item_id
        )
        place_id = self.request.network.locations[self.place].id
        available, _ = self.request.stock.matrix([item_id], [place_id])
        kept = self.after.ruling.safety_stock.get(item_id)
        there = int(available[0, 0]) - (0 if kept is None else int(kept[self.place]))
        return taken - max(0, there)

    def _figures(self) -> dict[str, object]:
        policy = self.policy
        value = amount_text(policy.min_shipment_minor, self.before.currency)
        least = [f"{value} in value"] * bool(policy.min_shipment_minor)
        least += [f"{policy.min_shipment_units} units"] * bool(policy.min_shipment_units)
        return {
            "shipments": len(self.plan.allocation.shipments),
            "most": policy.max_shipments,
            "least": " and ".join(least),
            "group": self.line.group,
            "deliver_by": self.request.order.deliver_by,
        }

    def _location_id(self) -> LocationId | None:
        return None if self.place is None else self.request.network.locations[self.place].id

    def _place(self) -> str:
        if self.place is None:
            return "several locations"
        location = self.request.network.locations[self.place]
        return location.name or location.id


_AT_A_PLACE = {
    ObstacleKind.NOT_OPEN: "{place} open for new orders",
    ObstacleKind.CHANNEL: "{place} serving channel {channel}",
    ObstacleKind.CAPACITY: "more capacity at {place} today",
}


_LIMITS = {
    ObstacleKind.MAX_SHIPMENTS: "{shipments} shipments instead of at most {most}",
    ObstacleKind.WHOLE_LINES: "lines that may be split",
    ObstacleKind.SHIP_COMPLETE: "an order that need not ship complete",
    ObstacleKind.LEAST_SHIPMENT: "shipments of less than {least}",
    ObstacleKind.GROUP: "no group {group}",
    ObstacleKind.DELIVER_BY: "a later date than {deliver_by}",
    ObstacleKind.REQUESTED_LOCATIONS: "other locations than the request allows",
}
"""What it would take instead of a limit."""

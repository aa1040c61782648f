"""What other choices come to: the best plan without a location, or with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from allocation.optimize.solution import Solution
from allocation.plan import Counterfactual
from allocation.render import Renderer
from routing.ids import LocationId
from routing.sourcing.tier import Tier


@dataclass(frozen=True, slots=True)
class OtherPlan:
    """A counterfactual with the plan behind it; `solution` is ``None`` if there is none."""

    counterfactual: Counterfactual
    solution: Solution | None

    @property
    def values(self) -> tuple[int, ...]:
        """The values of its objectives, by which the best of several is the least."""
        return () if self.solution is None else self.solution.values


class AskAgain(Protocol):
    """Solves the same problem under a condition on one of its locations."""

    def without(self, location: int) -> Solution:
        """Return the best allocation without shipments from a location of the problem."""
        ...

    def through(self, location: int) -> Solution | None:
        """Return the best allocation with one; ``None`` if there is none."""
        ...


def avoiding(renderer: Renderer, solution: Solution, place: int, what_if: AskAgain) -> OtherPlan:
    """Return the best plan that ships nothing from a location and fills as much."""
    location = _location(renderer, place)
    if location is None:
        raise ValueError(f"location {place} of the network ships nothing of the order")
    other = what_if.without(location)
    location_id = renderer.network.locations[place].id
    found = other if _fills_as_much(other, solution) else None
    return _other(renderer, f"without {location_id}", location_id, solution, found)


def forcing(
    renderer: Renderer, solution: Solution, location_id: LocationId, what_if: AskAgain
) -> OtherPlan:
    """Return the best plan that ships something from a location and fills as much."""
    location = _location(renderer, renderer.network.location_index.get(location_id, -1))
    condition = f"with a shipment from {location_id}"
    other = None if location is None else what_if.through(location)
    found = other if other is not None and _fills_as_much(other, solution) else None
    return _other(renderer, condition, location_id, solution, found, forced=True)


def _location(renderer: Renderer, place: int) -> int | None:
    """Return the problem's number of a location of the network; ``None`` if it has none."""
    sourcing = renderer.sourcing
    here = np.flatnonzero(sourcing.facts.location == place)
    return int(sourcing.problem.lanes.location[here[0]]) if here.size else None


def _fills_as_much(other: Solution, solution: Solution) -> bool:
    return sum(other.allocation.unfilled) <= sum(solution.allocation.unfilled)


def _other(
    renderer: Renderer,
    condition: str,
    location_id: LocationId,
    solution: Solution,
    other: Solution | None,
    *,
    forced: bool = False,
) -> OtherPlan:
    if other is None:
        return OtherPlan(Counterfactual(condition, location_id, forced, None, None), None)
    shipments = renderer.shipments(other.allocation)
    return OtherPlan(
        Counterfactual(
            condition,
            location_id,
            forced,
            renderer.cost(other.allocation, shipments),
            other.cost_minor - solution.cost_minor,
            tuple(dict.fromkeys(each.location_id for each in shipments)),
            _decided_by(renderer.sourcing.problem.tiers, solution.values, other.values),
        ),
        other,
    )


def _decided_by(tiers: tuple[Tier, ...], ours: tuple[int, ...], theirs: tuple[int, ...]) -> str:
    for tier, mine, other in zip(tiers, ours, theirs, strict=True):
        if mine != other:
            return "" if tier.counts_cost else _worse(tier.name, mine, other)
    return ""


def _worse(name: str, mine: int, other: int) -> str:
    """Return an objective with its values, as far as those mean something to people."""
    if name == "fewest_shipments":
        return f"{name}: {other} instead of {mine}"
    if name == "closest":
        return f"{name}: {other} km instead of {mine} km"
    return name

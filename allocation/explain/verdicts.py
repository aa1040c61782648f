"""Each location's verdict on each line, with the rule that decided."""

from __future__ import annotations

from allocation.chosen import chosen_lines
from allocation.optimize.solution import Solution
from allocation.plan import LineExplanation, LineVerdict
from allocation.render import Renderer
from allocation.rule_reasons import rule_reason
from routing.sourcing.room import Room
from routing.sourcing.verdict import Verdict

DETAILS = {
    Verdict.ELIGIBLE: "{have} available of {want}",
    Verdict.NOT_PICKUP: "not the pickup location",
    Verdict.NOT_OPEN: "takes no new orders",
    Verdict.CHANNEL: "does not serve the sales channel",
    Verdict.EXCLUDED: "excluded by the request",
    Verdict.NOT_ALLOWED: "not among the allowed locations",
    Verdict.RULE: "a rule says no",
    Verdict.CAPACITY: "no capacity left on its day",
    Verdict.NOT_STOCKED: "does not stock it",
    Verdict.OUT_OF_STOCK: "none available",
    Verdict.SHORT: "{have} available of {want}, and lines are not split",
    Verdict.SHELF_LIFE: "no lot is fresh enough on the delivery date",
    Verdict.NO_RATE: "no carrier service has a price to the destination",
    Verdict.TOO_LARGE: "a unit is too heavy or too large for every carrier service",
    Verdict.TOO_LATE: "no carrier service keeps the date",
}
"""A sentence for each verdict; a rule is named where it is known."""


_BY_UNITS = (Verdict.OUT_OF_STOCK, Verdict.SHORT)


def line_explanations(renderer: Renderer, solution: Solution) -> tuple[LineExplanation, ...]:
    """Return every verdict, by line, then by location as the network has them."""
    sourcing = renderer.sourcing
    chosen = {
        (line, sourcing.origin(shipment.lane, line))
        for shipment in solution.allocation.shipments
        for line, _ in shipment.quantities
    }
    return tuple(
        LineExplanation(
            line.id,
            tuple(
                line_verdict(renderer, number, place, chosen=(number, place) in chosen)
                for place in range(sourcing.verdicts.shape[1])
            ),
        )
        for number in sorted(chosen_lines(sourcing, solution.allocation).values())
        for line in [sourcing.lines[number]]
    )


def line_verdict(renderer: Renderer, number: int, place: int, *, chosen: bool) -> LineVerdict:
    """Return one location's verdict on one line, both by number."""
    sourcing = renderer.sourcing
    line = sourcing.lines[number]
    verdict = Verdict(int(sourcing.verdicts[number, place]))
    have = line.quantity(min(int(sourcing.buildable[number, place]), 10**15))
    detail = DETAILS[verdict].format(have=have, want=line.quantity(line.demand))
    if verdict is Verdict.CAPACITY:
        detail = _full_day(sourcing.room, place)
    if verdict in _BY_UNITS and (line.serials or line.lot_ids):
        detail = f"{detail}; it asks for certain {'serials' if line.serials else 'lots'}"
    location_id = renderer.network.locations[place].id
    reason = rule_reason(sourcing, renderer.network.facts, number, place)
    if reason is None:
        return LineVerdict(location_id, verdict, detail, have, chosen)
    # A filter is all there is to say; stock and capacity have their figures first.
    detail = reason.detail if verdict is Verdict.RULE else f"{detail} {reason.detail}"
    return LineVerdict(location_id, verdict, detail, have, chosen, reason.rule.name)


def _full_day(room: Room, place: int) -> str:
    """Say which limit of its day a location has reached."""
    measure = room.full_measures(place)[0]
    most = int(room.most[measure][place])
    taken = most - int(room.left(measure)[place])
    return f"takes {most} {measure.value} on {room.days[place]}, and {taken} are taken"

"""An explanation told in sentences: one per shipment, per unfilled line and per question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allocation.chosen import chosen_lines
from allocation.cost_breakdown import CostBreakdown
from allocation.explain.counterfactuals import OtherPlan
from allocation.explain.verdicts import line_verdict
from allocation.money_text import amount_text
from allocation.obstacle import Conflict
from allocation.optimize.solution import Allocation
from allocation.plan import PlanLine, PlannedShipment, UnfilledLine
from allocation.render import Renderer
from routing.ids import LocationId
from routing.sourcing.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Teller:
    """Speaks of one plan: names instead of ids, amounts in its currency."""

    renderer: Renderer
    allocation: Allocation
    shipments: tuple[PlannedShipment, ...]
    lines: tuple[PlanLine, ...]

    def of_shipment(self, shipment: PlannedShipment, without: OtherPlan | None) -> str:
        """Return what a shipment carries and costs, and what doing without its location would."""
        return (
            f"{self._contents(shipment)} from {self.place(shipment.location_id)}: "
            f"{self.cost(shipment.cost)}{self._runner_up(shipment, without)}"
        )

    def of_unfilled(self, unfilled: UnfilledLine, conflict: Conflict | None) -> str:
        """Return what is left out, why, and the least that it would take."""
        sentence = f"{unfilled.line_id}: {unfilled.detail}"
        if conflict is None:
            return sentence
        if not conflict.obstacles:
            return f"{sentence}; no rule, limit or stock that could change would fill it"
        told = " and ".join(each.detail for each in conflict.obstacles)
        sure = "" if conflict.smallest else " (not proven to be the least)"
        return f"{sentence}; it would be filled with {told}{sure}"

    def of_question(self, asked: OtherPlan) -> str:
        """Return why not from a location that was asked about."""
        found = asked.counterfactual
        name = self.place(found.location_id)
        if found.cost is not None and found.extra_minor is not None:
            total = self.amount(found.cost.total_minor)
            if found.location_id in {each.location_id for each in self.shipments}:
                return f"why not {name}: it ships"
            return (
                f"why not {name}: the best plan with it costs {total} "
                f"({self.change(found.extra_minor)}){self._decided_by(found.decided_by)}"
            )
        return f"why not {name}: {self._against(found.location_id)}"

    def cost(self, cost: CostBreakdown) -> str:
        """Return ``7.10 = postage 5.60 + handling 1.50``."""
        kinds: dict[str, int] = {}
        for name, amount in cost.terms:
            kind, _, rest = name.partition(":")
            # A rule is known by its name; the other terms by their kind.
            said = f"rule {rest}" if kind == "rule" else kind
            kinds[said] = kinds.get(said, 0) + amount
        told = "".join(
            f" {'-' if amount < 0 else '+'} {said} {self.amount(abs(amount))}"
            for said, amount in kinds.items()
            if amount
        )
        total = self.amount(cost.total_minor)
        return f"{total} = {told.removeprefix(' + ').strip()}" if told else total

    def amount(self, amount_minor: int) -> str:
        """Return an amount in the plan's currency, without naming that."""
        return amount_text(amount_minor, self.renderer.sourcing.currency)

    def change(self, amount_minor: int) -> str:
        """Return an amount with its sign."""
        return f"{'-' if amount_minor < 0 else '+'}{self.amount(abs(amount_minor))}"

    def place(self, location_id: LocationId) -> str:
        """Return what people call a location."""
        index = self.renderer.network.location_index.get(location_id)
        name = "" if index is None else self.renderer.network.locations[index].name
        return name or location_id

    def _contents(self, shipment: PlannedShipment) -> str:
        sourcing = self.renderer.sourcing
        chosen = chosen_lines(sourcing, self.allocation)
        titles = {key: sourcing.lines[number].title for key, number in chosen.items()}
        held = [
            f"{line.line_id} ({part.quantity} x {titles[line.line_id]})"
            for line in self.lines
            for part in line.parts
            if part.shipment_number == shipment.number
        ]
        return ", ".join(held)

    def _runner_up(self, shipment: PlannedShipment, without: OtherPlan | None) -> str:
        if without is None:
            return ""
        found = without.counterfactual
        if found.cost is None or found.extra_minor is None:
            return "; nothing else fills as much"
        instead = self._instead(without)
        if self._changes_only(shipment, without) and not found.decided_by:
            total = shipment.cost.total_minor + found.extra_minor
            return f"; runner-up {instead} {self.amount(total)} ({self.change(found.extra_minor)})"
        return (
            f"; without it {self.change(found.extra_minor)} in all, from {instead}"
            f"{self._decided_by(found.decided_by)}"
        )

    def _instead(self, without: OtherPlan) -> str:
        """Return the locations that would ship and do not now; all of them if none is new."""
        now = {each.location_id for each in self.shipments}
        others = without.counterfactual.location_ids
        new = [each for each in others if each not in now]
        return " and ".join(self.place(each) for each in new or others) or "nowhere"

    def _changes_only(self, shipment: PlannedShipment, without: OtherPlan) -> bool:
        """Whether the other plan is this one with another location in one place."""
        if without.solution is None or len(self._new(without)) != 1:
            return False
        stay = sorted(each.location_id for each in self.shipments if each is not shipment)
        others = sorted(
            each for each in without.counterfactual.location_ids if each not in self._new(without)
        )
        return stay == others

    def _new(self, without: OtherPlan) -> set[LocationId]:
        now = {each.location_id for each in self.shipments}
        return set(without.counterfactual.location_ids) - now

    def _decided_by(self, objective: str) -> str:
        return f"; it is worse in {objective}" if objective else ""

    def _against(self, location_id: LocationId) -> str:
        """Return the first reason against a location, line by line; the same one once."""
        place = self.renderer.network.location_index.get(location_id)
        if place is None:
            return "no such location is in the network"
        reasons: dict[str, list[str]] = {}
        sourcing = self.renderer.sourcing
        for number in sorted(chosen_lines(sourcing, self.allocation).values()):
            line = sourcing.lines[number]
            verdict = line_verdict(self.renderer, number, place, chosen=False)
            if verdict.verdict is not Verdict.ELIGIBLE:
                reasons.setdefault(verdict.detail, []).append(line.id)
        told = "; ".join(f"{', '.join(ids)}: {why}" for why, ids in reasons.items())
        return told or "no allowed plan has it"


def sentences(
    teller: Teller,
    unfilled: Sequence[UnfilledLine],
    avoided: Sequence[OtherPlan],
    asked: Sequence[OtherPlan],
    conflicts: Sequence[Conflict],
) -> Iterator[str]:
    """Yield the whole explanation: shipments, unfilled lines, then what was asked."""
    without = {each.counterfactual.location_id: each for each in avoided}
    for shipment in teller.shipments:
        yield teller.of_shipment(shipment, without.get(shipment.location_id))
    by_line = {each.line_id: each for each in conflicts}
    for each in unfilled:
        yield teller.of_unfilled(each, by_line.get(each.line_id))
    yield from map(teller.of_question, asked)

"""Put the sourcing problem of a usual order together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

import numpy as np
from numpy.typing import NDArray

from routing.ids import ItemId
from routing.network import Network
from routing.order import Order, ServiceLevel
from routing.quick import quick
from routing.sourcing.eligibility import Candidates, location_verdicts
from routing.sourcing.lane_starts import LaneStarts
from routing.sourcing.lane_verdicts import explain_lanes
from routing.sourcing.policy import Policy, PolicySource
from routing.sourcing.problem import Lanes, Lines, Pieces, SourcingProblem
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.ruling import NO_RULE, Ruling
from routing.sourcing.stock import StockView
from routing.sourcing.stock_row import Enough, StockRow, kept_rows
from routing.sourcing.usual.lines import usual_lines
from routing.sourcing.usual.sheet import UsualSheet, usual_sheet
from routing.sourcing.usual.terms import Terms, blank, is_usual, make_terms
from routing.sourcing.usual_order import UsualOrder

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


@quick
@dataclass(frozen=True, slots=True, eq=False)
class UsualSourcing:
    """A problem with what it was put together from.

    Attributes
    ----------
    lines
        Sorted by id.
    stock
        What it was put together with.
    available
        int64 ``[n, all locations]``, safety stock taken off.
    """

    problem: SourcingProblem
    order: Order
    network: Network
    lines: tuple[ResolvedLine, ...]
    sheet: UsualSheet
    policy: Policy
    ruling: Ruling
    terms: Terms
    stock: StockView
    available: Int64

    def verdicts(self) -> NDArray[np.int8]:
        """Return int8 ``[n, all locations]``: see `routing.sourcing.verdict.Verdict`."""
        _, stocked = self.stock.matrix(_item_ids(self.lines), self.network.facts.ids)
        among = Candidates(
            self.order,
            self.lines,
            self.network,
            self.policy,
            self.ruling,
            self.available,
            stocked,
        )
        found = location_verdicts(among, self.sheet.room)
        eligible = self.problem.lanes.eligible
        explain_lanes(found, self.sheet.facts, np.ones_like(eligible), eligible)
        return found


def usual_sourcing(
    order: Order, network: Network, stock: StockView, source: PolicySource
) -> UsualSourcing | None:
    """Return the problem of a usual order, equal to that of the long way; ``None`` for others.

    Raises
    ------
    routing.rules.RuleEvaluationError
        If a condition has no answer for the order.
    """
    if not _is_usual(order):
        return None
    lines = usual_lines(order, network)
    if lines is None:
        return None
    days = max([line.processing_days for line in lines])
    sheet = usual_sheet(order, network, days)
    if sheet is None or not _takes_all(sheet, lines):
        return None
    policy, ruling = source.decide(order, lines, network)
    if not is_usual(policy) or _is_eventful(ruling):
        return None
    if policy.currency is not None and policy.currency != sheet.currency:
        return None
    terms = sheet.terms.get(len(lines))
    if terms is None or terms.policy is not policy:
        terms = sheet.terms[len(lines)] = make_terms(policy, len(lines), sheet.starts)
    return _put_together(order, network, stock, lines, sheet, policy, ruling, terms)


def _is_usual(order: Order) -> bool:
    return (
        order.deliver_by is None
        and order.service_level is not ServiceLevel.PICKUP
        and order.destination.pickup_location_id is None
        and order.placed_time.tzinfo is UTC
    )


def _is_eventful(ruling: Ruling) -> bool:
    """Say whether rules do more than to keep locations from shipping, and stock back."""
    return bool(
        ruling.amounts
        or ruling.capacity
        or ruling.expiry
        or ruling.volume
        or ruling.backorder
        or ruling.shelf_life
        or ruling.network is not None
    )


def _takes_all(sheet: UsualSheet, lines: Sequence[ResolvedLine]) -> bool:
    for line in lines:
        if not sheet.takes(line):
            return False
    return not sheet.triggers or not _meets_any(sheet, lines)


def _meets_any(sheet: UsualSheet, lines: Sequence[ResolvedLine]) -> bool:
    """Say whether something about parcels may cost more than the price of their weight."""
    weight = sum(line.weight_ug * line.demand for line in lines)
    sizes = [line.dimensions for line in lines if line.dimensions is not None]
    volume = sum(
        line.dimensions.volume_nl * line.demand for line in lines if line.dimensions is not None
    )
    sides = [(size.length_um, size.width_um, size.height_um) for size in sizes] or [(0, 0, 0)]
    return any(trigger.met_by(each, volume, weight) for trigger in sheet.triggers for each in sides)


def _item_ids(lines: Sequence[ResolvedLine]) -> list[ItemId]:
    return [line.uses[0].item.id for line in lines]


@quick
@dataclass(frozen=True, slots=True, eq=False)
class _There:
    """Stock as the problem has it.

    Attributes
    ----------
    available
        int64 ``[n, all locations]``.
    here
        int64 ``[n, l]``: the same of those with lanes.
    enough
        Per line where there is all of it, and may be shipped.
    eligible
        bool ``[n, j]``.
    """

    available: Int64
    here: Int64
    enough: tuple[Enough, ...]
    eligible: Bool


def _there(
    order: Order,
    lines: Sequence[ResolvedLine],
    network: Network,
    stock: StockView,
    sheet: UsualSheet,
    ruling: Ruling,
    terms: Terms,
) -> _There:
    ids, facts, starts = _item_ids(lines), network.facts, sheet.starts
    least = [1 if terms.limits.line_split else line.demand for line in lines]
    if (
        ruling.blocked_by is None
        and not ruling.safety_stock
        and facts.all_open
        and starts.is_everywhere
        and facts.serves_all(order.channel)
    ):
        rows = kept_rows(stock, ids, facts.ids)
        if rows is not None:
            return _of_rows(rows, least, starts)
    available, stocked = stock.matrix(ids, facts.ids)
    if ruling.safety_stock:
        available = _kept_back(available, ids, ruling)
    able = stocked & (available >= np.array(least, dtype=np.int64)[:, None])
    if ruling.blocked_by is not None:
        able &= ruling.blocked_by == NO_RULE
    if not facts.all_open:
        able &= facts.open
    if not facts.serves_all(order.channel):
        able &= facts.serves(order.channel)
    here = available
    if not starts.is_everywhere:
        here, able = available[:, starts.place], able[:, starts.place]
    enough = tuple([Enough(row) for row in able])
    return _There(available, here, enough, able.take(starts.slot, axis=1))


def _of_rows(rows: list[StockRow], least: list[int], starts: LaneStarts) -> _There:
    """Return the stock where every location with enough of an item may ship it."""
    enough = [row.enough(units) for row, units in zip(rows, least, strict=True)]
    if len(rows) == 1:
        # Many orders have one line: what the row has is what the problem has.
        alone = rows[0].available.reshape(1, -1)
        lanes = enough[0].lanes(starts.slot).reshape(1, -1)
        return _There(alone, alone, tuple(enough), lanes)
    available = np.concatenate([row.available for row in rows]).reshape(len(rows), -1)
    lanes = np.concatenate([each.lanes(starts.slot) for each in enough])
    return _There(available, available, tuple(enough), lanes.reshape(len(rows), -1))


def _kept_back(available: Int64, ids: Sequence[ItemId], ruling: Ruling) -> Int64:
    """Return what is available beyond what is to stay where it is."""
    left = available.copy()
    for row, item_id in enumerate(ids):
        kept = ruling.safety_stock.get(item_id)
        if kept is not None:
            left[row] = np.maximum(available[row] - kept, 0)
    return left


def _put_together(
    order: Order,
    network: Network,
    stock: StockView,
    lines: list[ResolvedLine],
    sheet: UsualSheet,
    policy: Policy,
    ruling: Ruling,
    terms: Terms,
) -> UsualSourcing:
    count, facts, starts = len(lines), sheet.facts, sheet.starts
    demands = [line.demand for line in lines]
    weights = [line.weight_ug for line in lines]
    volumes = [0 if line.dimensions is None else line.dimensions.volume_nl for line in lines]
    demand, weight_ug, volume_nl, value_minor = np.array(
        (demands, weights, volumes, [line.value_minor for line in lines]), dtype=np.int64
    )
    there = _there(order, lines, network, stock, sheet, ruling, terms)
    same, standing = blank(count), terms.standing
    problem_lines = Lines(
        tuple([line.id for line in lines]), demand, same.use, same.none, value_minor
    )
    pieces = Pieces(same.numbers, same.ones, weight_ug, volume_nl, same.false, same.none)
    lanes = Lanes(
        location=starts.slot,
        tariff=facts.tariff,
        tariffs=facts.tariffs,
        shipment_minor=standing.shipment_minor,
        parcel_minor=starts.parcel_minor,
        line_minor=standing.line_minor,
        unit_minor=standing.unit_minor,
        eligible=there.eligible,
        delivery_day=facts.latest,
        distance_m=sheet.lane_distance_m,
    )
    usual = UsualOrder(
        (
            problem_lines,
            pieces,
            lanes,
            there.here,
            terms.unfilled_minor,
            terms.tiers,
            starts.location_ids,
        ),
        tuple(demands),
        tuple([weight * number for weight, number in zip(weights, demands, strict=True)]),
        tuple([volume * number for volume, number in zip(volumes, demands, strict=True)]),
        there.enough,
        starts.first,
        policy.unfilled_unit_minor or 0,
        len(terms.tiers) > 1,
        sheet.known,
        standing.known,
    )
    problem = SourcingProblem(
        lines=problem_lines,
        pieces=pieces,
        lanes=lanes,
        limits=terms.limits,
        item_ids=tuple(_item_ids(lines)),
        location_ids=starts.location_ids,
        available=there.here,
        extra_shipment_minor=policy.extra_shipment_minor,
        unfilled_minor=terms.unfilled_minor,
        tiers=terms.tiers,
        usual=usual,
    )
    return UsualSourcing(
        problem,
        order,
        network,
        tuple(lines),
        sheet,
        policy,
        ruling,
        terms,
        stock,
        there.available,
    )

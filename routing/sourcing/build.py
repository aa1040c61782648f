"""Build the sourcing problem of an order: geography, rates, promises and policy as integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.errors import InvalidInputError, Violation
from routing.ids import ItemId
from routing.item import BackorderPolicy, InventoryItem
from routing.network import Network
from routing.order import Order
from routing.parcels.boxing import Boxing
from routing.promise.promise import NEVER
from routing.sourcing.charges import Charge, make_charges, sum_charges
from routing.sourcing.distances import distances
from routing.sourcing.eligibility import location_verdicts
from routing.sourcing.lane_sheet import lane_sheet
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.order_warnings import carton_warnings, warnings_of
from routing.sourcing.packing_tariffs import need_packagings, pack_lanes
from routing.sourcing.pieces import Piece, fits_card, pack_arrays, pieces_of
from routing.sourcing.policy import Policy, PolicySource
from routing.sourcing.problem import NO_LIMIT, Lanes, Limits, Lines, SourcingProblem
from routing.sourcing.resolve import ResolvedLine, resolve_lines
from routing.sourcing.room import Room, room_of
from routing.sourcing.ruling import Ruling
from routing.sourcing.stock import StockView
from routing.sourcing.strategy import tiers_of
from routing.sourcing.verdict import Verdict

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Sourcing:
    """A sourcing problem with everything needed to read its answer.

    Attributes
    ----------
    problem
        Its lines are sorted by id, so that the order's own sequence cannot matter.
    lines, items
        What the problem's lines and items stand for.
    places
        intp ``[l]``: the network's index of each of the problem's locations.
    facts
        What the problem's lanes stand for; lane ``j`` is entry ``j``.
    verdicts
        int8 ``[n, all locations]``: see `Verdict`.
    buildable
        int64 ``[n, all locations]``: increments that stock suffices for.
    distance_m
        int64 ``[all locations]``; ``UNKNOWN_DISTANCE_M`` where unknown.
    currency
        ISO 4217 code of every amount.
    policy
        The knobs that held for the order.
    ruling
        What the rules said about its lines.
    charges
        What the lanes' amounts per shipment, line and increment consist of.
    """

    problem: SourcingProblem
    lines: tuple[ResolvedLine, ...]
    items: tuple[InventoryItem, ...]
    places: NDArray[np.intp]
    facts: LaneFacts
    verdicts: NDArray[np.int8]
    buildable: Int64
    distance_m: Int64
    currency: str
    warnings: tuple[str, ...]
    policy: Policy
    ruling: Ruling
    charges: tuple[Charge, ...]


def build_sourcing(
    order: Order, network: Network, stock: StockView, source: PolicySource
) -> Sourcing:
    """Turn an order into a sourcing problem.

    Parameters
    ----------
    source
        Says what holds for the order: a plain policy, or a rule set at a moment.

    Raises
    ------
    InvalidInputError
        With every line that names unknown items or impossible quantities, and
        when the rate cards do not share one currency.
    """
    lines = tuple(sorted(resolve_lines(order, network), key=lambda line: line.id))
    policy, ruling = source.decide(order, lines, network)
    room = room_of(network.facts, ruling)
    items, use = _uses(lines)
    available, stocked_items = _available(items, lines, use, network, stock, ruling)
    buildable = _buildable(use, available, len(network.locations))
    stocked = np.array(
        [stocked_items[use[number] > 0].all(axis=0) for number in range(len(lines))]
    ).reshape(len(lines), len(network.locations))
    verdicts = location_verdicts(order, lines, network, policy, ruling, room, buildable, stocked)
    processing = max((line.processing_days for line in lines), default=0)
    sheet = lane_sheet(order, network, processing)
    wanted = (verdicts == Verdict.ELIGIBLE).any(axis=0)
    pieces = _pieces(lines, sheet, wanted, in_cartons=bool(network.carton_sets))
    boxing: Boxing | None = None
    homeless: tuple[int, ...] = ()
    if need_packagings(network, sheet.cards, lines, pieces):
        packed = pack_lanes(sheet, order, network, lines, pieces, wanted)
        sheet, takes, pieces = packed.facts, packed.takes, list(packed.pieces)
        boxing, homeless = packed.boxing, packed.homeless
    else:
        takes = _takes(sheet, pieces)[:, sheet.card]
    late = _late_days(order, sheet)
    eligible = _lane_eligibility(verdicts, sheet, takes, late, policy)
    _explain_lanes(verdicts, sheet, takes, eligible)
    keep = np.flatnonzero(eligible.any(axis=0))
    facts = _only(sheet, keep)
    places, lane_place = _places(facts)
    distance_m = distances(order, network)
    eligible, late = eligible[:, keep], late[keep]
    charges = make_charges(facts, lines, network.facts, distance_m, late, policy, ruling)
    lanes = _lanes(network, facts, lane_place, eligible, distance_m, charges)
    wanted = _int64([line.demand for line in lines]) @ use
    item_index = {item.id: number for number, item in enumerate(items)}
    problem = SourcingProblem(
        lines=Lines(
            ids=tuple(line.id for line in lines),
            demand=_int64([line.demand for line in lines]),
            use=use,
            group=_groups(lines),
            value_minor=_int64([line.value_minor for line in lines]),
        ),
        pieces=pack_arrays(pieces, item_index, boxing),
        lanes=lanes,
        limits=_limits(room, places, policy),
        item_ids=tuple(item.id for item in items),
        location_ids=tuple(network.locations[place].id for place in places),
        available=available[:, places],
        extra_shipment_minor=policy.extra_shipment_minor,
        unfilled_minor=_unfilled_minor(lines, policy),
        tiers=tiers_of(policy, order, network, lines, lanes, places, wanted, available),
    )
    return Sourcing(
        problem=problem,
        lines=lines,
        items=items,
        places=places,
        facts=facts,
        verdicts=verdicts,
        buildable=buildable,
        distance_m=distance_m,
        currency=_currency(order, network),
        warnings=warnings_of(order, network, lines, distance_m)
        + carton_warnings([lines[number] for number in homeless]),
        policy=policy,
        ruling=ruling,
        charges=charges,
    )


def _pieces(
    lines: Sequence[ResolvedLine],
    sheet: LaneFacts,
    wanted: NDArray[np.bool_],
    *,
    in_cartons: bool,
) -> list[tuple[Piece, ...]]:
    """Return the pieces of each line, as the cards of the locations that may ship see them."""
    used = np.zeros(len(sheet.cards), dtype=np.bool_)
    used[sheet.card[wanted[sheet.location]]] = True
    cards = [card for card, counts in zip(sheet.cards, used.tolist(), strict=True) if counts]
    return [pieces_of(line, cards, in_cartons=in_cartons) for line in lines]


def _places(facts: LaneFacts) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Return the locations of lanes, ascending, and each lane's position among them."""
    starts = np.ones(len(facts), dtype=np.bool_)
    np.not_equal(facts.location[1:], facts.location[:-1], out=starts[1:])
    position = np.cumsum(starts, dtype=np.int32) - np.int32(1)
    return facts.location[starts].astype(np.intp), position


def _int64(values: Sequence[int]) -> Int64:
    return np.array(values, dtype=np.int64)


def _uses(lines: Sequence[ResolvedLine]) -> tuple[tuple[InventoryItem, ...], Int64]:
    """Return the items of an order and int64 ``[n, k]`` of what lines take.

    An item that some lines take from stock and others regardless of stock counts as
    two, so that the second kind does not eat up the first.
    """
    column: dict[tuple[ItemId, bool], int] = {}
    items: list[InventoryItem] = []
    for line in lines:
        free = line.backorder_policy is BackorderPolicy.IGNORE_STOCK
        for each in line.uses:
            if (each.item.id, free) not in column:
                column[each.item.id, free] = len(items)
                items.append(each.item)
    use = np.zeros((len(lines), len(items)), dtype=np.int64)
    for number, line in enumerate(lines):
        free = line.backorder_policy is BackorderPolicy.IGNORE_STOCK
        for each in line.uses:
            use[number, column[each.item.id, free]] += each.increments
    return tuple(items), use


def _available(
    items: Sequence[InventoryItem],
    lines: Sequence[ResolvedLine],
    use: Int64,
    network: Network,
    stock: StockView,
    ruling: Ruling,
) -> tuple[Int64, NDArray[np.bool_]]:
    location_ids = [location.id for location in network.locations]
    available, stocked = stock.matrix([item.id for item in items], location_ids)
    for index, item in enumerate(items):
        kept = ruling.safety_stock.get(item.id)
        if kept is not None:
            available[index] = np.maximum(available[index] - kept, 0)
    for number, line in enumerate(lines):
        if line.backorder_policy is BackorderPolicy.IGNORE_STOCK:
            unmanaged = use[number] > 0
            available[unmanaged] = NO_LIMIT
            stocked[unmanaged] = True
    return available, stocked


def _buildable(use: Int64, available: Int64, locations: int) -> Int64:
    counts = np.full((use.shape[0], locations), NO_LIMIT, dtype=np.int64)
    for line, item in zip(*np.nonzero(use), strict=True):
        np.minimum(counts[line], available[item] // use[line, item], out=counts[line])
    return counts


def _late_days(order: Order, facts: LaneFacts) -> Int64:
    """Days after deliver-by, per lane; a lane of unknown transit is as late as can be."""
    if order.deliver_by is None:
        return np.zeros(facts.latest.size, dtype=np.int64)
    late = facts.latest.astype(np.int64) - order.deliver_by.toordinal()
    return np.maximum(late, 0)


def _lane_eligibility(
    verdicts: NDArray[np.int8],
    facts: LaneFacts,
    takes: NDArray[np.bool_],
    late: Int64,
    policy: Policy,
) -> NDArray[np.bool_]:
    eligible: NDArray[np.bool_] = verdicts[:, facts.location] == Verdict.ELIGIBLE
    eligible &= takes
    unknown = facts.latest >= NEVER
    if policy.late_day_minor is None:
        eligible &= late == 0
    else:
        eligible &= ~(unknown & (late > 0))
    return eligible


def _takes(facts: LaneFacts, pieces: Sequence[tuple[Piece, ...]]) -> NDArray[np.bool_]:
    """Whether each card takes every piece of each line, bool ``[n, cards]``."""
    return np.array(
        [
            [all(fits_card(piece, card) for piece in group) for card in facts.cards]
            for group in pieces
        ],
        dtype=np.bool_,
    ).reshape(len(pieces), len(facts.cards))


def _explain_lanes(
    verdicts: NDArray[np.int8],
    facts: LaneFacts,
    takes: NDArray[np.bool_],
    eligible: NDArray[np.bool_],
) -> None:
    """Say why a location that has the stock still has no lane for a line."""
    able = _somewhere(eligible, facts, verdicts.shape)
    fits = _somewhere(takes, facts, verdicts.shape)
    rated = np.zeros(verdicts.shape[1], dtype=np.bool_)
    rated[facts.location] = True
    stuck = (verdicts == Verdict.ELIGIBLE) & ~able
    verdicts[stuck & ~rated] = Verdict.NO_RATE
    verdicts[stuck & rated & ~fits] = Verdict.TOO_LARGE
    verdicts[stuck & rated & fits] = Verdict.TOO_LATE


def _somewhere(
    on_lane: NDArray[np.bool_], facts: LaneFacts, shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Turn bool ``[n, j]`` into bool ``[n, l]``: true on some lane of the location."""
    found = np.zeros(shape, dtype=np.bool_)
    line, lane = np.nonzero(on_lane)
    found[line, facts.location[lane]] = True
    return found


def _only(facts: LaneFacts, keep: NDArray[np.intp]) -> LaneFacts:
    return LaneFacts(
        location=facts.location[keep],
        offer=facts.offer[keep],
        card=facts.card[keep],
        tariff=facts.tariff[keep],
        zone=facts.zone[keep],
        ship=facts.ship[keep],
        earliest=facts.earliest[keep],
        latest=facts.latest[keep],
        cutoff_s=facts.cutoff_s[keep],
        cards=facts.cards,
        tariffs=facts.tariffs,
    )


def _lanes(
    network: Network,
    facts: LaneFacts,
    lane_place: NDArray[np.int32],
    eligible: NDArray[np.bool_],
    distance_m: Int64,
    charges: Sequence[Charge],
) -> Lanes:
    here = facts.location
    shipment_minor, line_minor, unit_minor = sum_charges(charges, *eligible.shape)
    return Lanes(
        location=lane_place,
        tariff=facts.tariff,
        tariffs=facts.tariffs,
        shipment_minor=shipment_minor,
        parcel_minor=network.facts.per_parcel_minor[here],
        line_minor=line_minor,
        unit_minor=unit_minor,
        eligible=eligible,
        delivery_day=facts.latest,
        distance_m=distance_m[here],
    )


def _limits(room: Room, places: NDArray[np.intp], policy: Policy) -> Limits:
    return Limits(
        line_split=policy.line_split,
        max_shipments=policy.max_shipments or NO_LIMIT,
        ship_complete=policy.ship_complete,
        min_shipment_minor=policy.min_shipment_minor,
        min_shipment_units=policy.min_shipment_units,
        location_lines=room.lines[places],
        location_units=room.units[places],
    )


def _groups(lines: Sequence[ResolvedLine]) -> NDArray[np.int32]:
    names = sorted({line.group for line in lines if line.group is not None})
    number = {name: index for index, name in enumerate(names)}
    return np.array(
        [-1 if line.group is None else number[line.group] for line in lines], dtype=np.int32
    )


def _unfilled_minor(lines: Sequence[ResolvedLine], policy: Policy) -> Int64:
    per_unit = policy.unfilled_unit_minor or 0
    return _int64([-(-per_unit // int(10**line.scale)) for line in lines])


def _currency(order: Order, network: Network) -> str:
    currencies = sorted({card.currency for card in network.cards.cards})
    if len(currencies) > 1:
        raise InvalidInputError(
            [
                Violation(
                    "rate_cards",
                    f"are in {', '.join(currencies)}; costs can only be compared in one currency",
                )
            ]
        )
    return currencies[0] if currencies else order.currency or "USD"

"""Build the sourcing problem of an order: geography, rates, promises and policy as integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from routing.ids import LocationId
from routing.item import InventoryItem
from routing.lazy import Lazy
from routing.network import Network
from routing.order import Order
from routing.quick import quick
from routing.sourcing.carriage import carriage, plain_carriage
from routing.sourcing.charges import (
    Charge,
    further_charges,
    parcel_minor,
    standing_charges,
    sum_charges,
    whole_lines,
)
from routing.sourcing.collect import stores_of
from routing.sourcing.collection import at_store, has_several_ways, may_merge
from routing.sourcing.currency import currency_of
from routing.sourcing.distances import distances, lane_distances
from routing.sourcing.eligibility import Candidates
from routing.sourcing.expiry import expiry_charges
from routing.sourcing.feeds import Feed, find_feeds
from routing.sourcing.full_days import (
    eligible_by_day,
    explain_shares,
    some_day,
    verdicts_by_day,
)
from routing.sourcing.holdings import find_holdings, later_starts
from routing.sourcing.lane_starts import StandingCharges
from routing.sourcing.lane_verdicts import (
    explain_collection,
    explain_lanes,
    late_days,
)
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.layout import Layout, plain_layout, share_out, shared_layout
from routing.sourcing.limits import limits_of
from routing.sourcing.line_arrays import lines_of, unfilled_minor
from routing.sourcing.order_warnings import carton_warnings, warnings_of, weight_warnings
from routing.sourcing.pieces import pack_arrays
from routing.sourcing.policy import Policy, PolicySource
from routing.sourcing.portions import NOBODY_KNOWS_S, Portion
from routing.sourcing.problem import Lanes, SourcingProblem
from routing.sourcing.resolve import ResolvedLine, resolve_lines
from routing.sourcing.room import Room, room_of
from routing.sourcing.ruling import Ruling
from routing.sourcing.stock import StockView
from routing.sourcing.strategy import tiers_of
from routing.sourcing.substitutes import with_substitutes
from routing.sourcing.uses import (
    available_of,
    least_of,
    reach_of,
    unmanaged_of,
    uses_of,
)
from routing.sourcing.usual.build import UsualSourcing, usual_sourcing
from routing.sourcing.verdict import Verdict
from routing.sourcing.volume import with_volume
from routing.sourcing.wait_days import wait_days
from routing.sourcing.ways import DOOR, NO_CARD, NO_FEED

Int64 = NDArray[np.int64]


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Sourcing:
    """A sourcing problem with everything needed to read its answer.

    Attributes
    ----------
    problem
        Its lines are sorted by id, so that the order's own sequence cannot matter. A line is
        followed by its substitutes, which have its id.
    lines, items
        What the problem's lines and items stand for.
    places
        intp ``[l]``: the network's index of each of the problem's locations; ascending, and
        repeated where a location has several slots.
    start_s
        int64 ``[l]``: Unix seconds from which each slot can begin; `THERE_S` for now.
    portions
        What the portions of the problem's supply stand for; empty if it has none.
    facts
        What the problem's lanes stand for; lane ``j`` is entry ``j``.
    known_verdicts
        See `verdicts`, which most orders are never asked for.
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
    room
        What each location still takes on, and on which day.
    """

    problem: SourcingProblem
    lines: tuple[ResolvedLine, ...]
    items: tuple[InventoryItem, ...]
    places: NDArray[np.intp]
    start_s: Int64
    portions: tuple[Portion, ...]
    facts: LaneFacts
    known_verdicts: Lazy[NDArray[np.int8]]
    buildable: Int64
    distance_m: Int64
    currency: str
    warnings: tuple[str, ...]
    policy: Policy
    ruling: Ruling
    charges: tuple[Charge, ...]
    room: Room

    @property
    def verdicts(self) -> NDArray[np.int8]:
        """int8 ``[n, all locations]``: see `Verdict`."""
        return self.known_verdicts.get()

    def waits(self, portion: int) -> bool:
        """Whether a portion of the problem's supply is not in stock yet."""
        return portion < len(self.portions) and self.portions[portion].waits

    def feed(self, lane: int) -> Feed | None:
        """Return what is merged at the hub that a lane leaves; ``None`` for any other lane."""
        ways = self.facts.ways
        number = NO_FEED if ways is None else int(ways.feed[lane])
        return None if ways is None or number == NO_FEED else ways.feeds[number]

    def origin(self, lane: int, line: int) -> int:
        """Return the network's index of the location that a line's units on a lane come from."""
        feed = self.feed(lane)
        return int(self.facts.location[lane] if feed is None else feed.origin[line])

    def origin_id(self, lane: int, line: int, network: Network) -> LocationId:
        """Return the id of `origin`."""
        if self.facts.ways is None:
            return network.facts.ids[self.facts.location.item(lane)]
        return network.facts.ids[self.origin(lane, line)]

    def store(self, lane: int) -> int | None:
        """Return the index of the location where a lane's contents are collected, if they are."""
        to = DOOR if self.facts.ways is None else int(self.facts.ways.to[lane])
        return None if to == DOOR else to

    def is_dated(self, lane: int) -> bool:
        """Whether it is known when a lane leaves."""
        start_s = int(self.start_s[self.problem.lanes.location[lane]])
        return start_s != NOBODY_KNOWS_S


def build_sourcing(
    order: Order,
    network: Network,
    stock: StockView,
    source: PolicySource,
    now: datetime | None = None,
) -> Sourcing:
    """Turn an order into a sourcing problem.

    Parameters
    ----------
    source
        Says what holds for the order: a plain policy, or a rule set at a moment.
    now
        Aware; when the order is planned, before which no supply can come any more; ``None``:
        when it was placed.

    Raises
    ------
    InvalidInputError
        With every line that names unknown items or impossible quantities, and
        when the rate cards do not share one currency.
    """
    usual = usual_sourcing(order, network, stock, source)
    if usual is not None:
        return _read_usual(usual)
    return build_any_sourcing(order, network, stock, source, now)


def _read_usual(found: UsualSourcing) -> Sourcing:
    sheet, warnings = found.sheet, found.sheet.warnings
    if not all(line.weight_ug for line in found.lines):
        warnings += weight_warnings(found.lines)
    return Sourcing(
        problem=found.problem,
        lines=found.lines,
        items=tuple([line.uses[0].item for line in found.lines]),
        places=sheet.starts.place,
        start_s=sheet.starts.start_s,
        portions=(),
        facts=sheet.facts,
        known_verdicts=Lazy(found.verdicts),
        buildable=found.available,
        distance_m=sheet.distance_m,
        currency=sheet.currency,
        warnings=warnings,
        policy=found.policy,
        ruling=found.ruling,
        charges=found.terms.standing.charges,
        room=sheet.room,
    )


def build_any_sourcing(
    order: Order,
    network: Network,
    stock: StockView,
    source: PolicySource,
    now: datetime | None = None,
) -> Sourcing:
    """Turn any order into a sourcing problem; as `build_sourcing`, which is quicker for most."""
    lines = with_substitutes(resolve_lines(order, network), order, network)
    order = at_store(order, lines, network)
    policy, ruling = source.decide(order, lines, network)
    lines, network = ruling.lines(lines), ruling.network or network
    days = max((line.processing_days for line in lines), default=0)
    room = room_of(order, network, ruling, stock, days)
    items, use = uses_of(lines)
    available, stocked_items = available_of(items, lines, use, network, stock, ruling)
    buildable, stocked = reach_of(items, lines, use, available, stocked_items)
    demand = _int64([line.demand for line in lines])
    holdings = find_holdings(
        order,
        lines,
        items,
        use,
        available,
        stocked_items,
        network,
        stock,
        now=now,
        several_ways=has_several_ways(lines, network),
    )
    reach = buildable if holdings is None else holdings.reach(use, len(network.locations))
    verdicts, full = verdicts_by_day(
        Candidates(order, lines, network, policy, ruling, reach, stocked),
        room,
        may_wait=holdings is not None,
    )
    wanted = (some_day(verdicts, full) == Verdict.ELIGIBLE).any(axis=0)
    feeds: tuple[Feed, ...] = ()
    stores = stores_of(lines)
    if holdings is None and not stores:
        found = plain_carriage(order, network, lines, days, wanted)
    else:
        later = later_starts(holdings, order, demand, use, len(network.locations))
        if may_merge(lines, network):
            feeds = find_feeds(network, verdicts, reach, demand, order.placed_time, days)
        found = carriage(order, network, lines, days, wanted, later, feeds)
    sheet, shares = found.facts, None
    late = late_days(order, sheet)
    eligible = eligible_by_day(verdicts, full, found, late, policy)
    if stores:
        collected = np.array([line.pickup_location_id is not None for line in lines])
        explain_collection(verdicts, sheet, found.takes, collected)
    explain_lanes(verdicts, sheet, found.takes, eligible)
    if holdings is None or found.waves is None:
        layout = plain_layout(
            sheet,
            eligible,
            use,
            available,
            network,
            positions_count=policy.objectives != ("cost",),
        )
    else:
        shares = share_out(holdings, found.waves, feeds)
        eligible &= shares.enough(least_of(lines, demand, use, policy), len(sheet))
        explain_shares(verdicts, full, sheet, eligible)
        kept = np.flatnonzero(eligible.any(axis=0))
        layout = shared_layout(shares, found.waves, kept, use, unmanaged_of(lines, use))
    facts = layout.facts
    if layout.kept is not None:
        eligible, late = eligible[:, layout.kept], late[layout.kept]
    distance_m = distances(order, network)
    lane_distance_m = lane_distances(facts, distance_m, network)
    waits = wait_days(order, layout)
    standing = _standing(layout, lines, network, policy)
    further = further_charges(
        facts,
        lines,
        lane_distance_m,
        late,
        waits,
        policy,
        with_volume(ruling, network, stock, len(lines)),
    ) + expiry_charges(ruling, lines, use, shares, len(sheet), layout.kept)
    lanes = _lanes(network, layout, eligible, lane_distance_m, standing, further)
    item_index = {item.id: number for number, item in enumerate(items)}
    problem = SourcingProblem(
        lines=lines_of(lines, demand, layout.use),
        pieces=pack_arrays(found.pieces, item_index, found.boxing),
        lanes=lanes,
        limits=limits_of(room, layout, policy),
        item_ids=tuple(items[number].id for number in layout.item),
        location_ids=layout.location_ids(network),
        available=layout.available,
        extra_shipment_minor=policy.extra_shipment_minor,
        unfilled_minor=unfilled_minor(lines, policy),
        tiers=tiers_of(policy, order, network, lines, lanes, layout, demand @ use, available),
        supply=layout.supply,
    )
    return Sourcing(
        problem=problem,
        lines=lines,
        items=items,
        places=layout.place,
        start_s=layout.start_s,
        portions=() if holdings is None else holdings.portions,
        facts=facts,
        known_verdicts=Lazy(lambda: verdicts),
        buildable=buildable,
        distance_m=distance_m,
        currency=currency_of(order, network, policy),
        warnings=warnings_of(order, network, lines, distance_m)
        + carton_warnings([lines[number] for number in found.homeless]),
        policy=policy,
        ruling=ruling,
        charges=standing.charges + further,
        room=room,
    )


def _int64(values: Sequence[int]) -> Int64:
    return np.array(values, dtype=np.int64)


def _standing(
    layout: Layout, lines: Sequence[ResolvedLine], network: Network, policy: Policy
) -> StandingCharges:
    """Return what every order pays, worked out before where that is all the same."""
    if layout.starts is not None and not any(line.scale for line in lines):
        return layout.starts.standing(len(lines), policy.line_part_minor)
    here, whole = layout.facts.location, whole_lines(lines)
    charges = standing_charges(here, network.facts, whole, policy.line_part_minor)
    return StandingCharges(charges, *sum_charges(charges, whole.size, here.size))


def _lanes(
    network: Network,
    layout: Layout,
    eligible: NDArray[np.bool_],
    distance_m: Int64,
    standing: StandingCharges,
    further: Sequence[Charge],
) -> Lanes:
    facts = layout.facts
    if layout.starts is not None:
        per_parcel = layout.starts.parcel_minor
    else:
        per_parcel = parcel_minor(network.facts)[facts.location]
    if facts.ways is not None:
        per_parcel = np.where(facts.card == NO_CARD, 0, per_parcel)
    sums = standing.shipment_minor, standing.line_minor, standing.unit_minor
    if further:
        more = sum_charges(further, *eligible.shape)
        sums = sums[0] + more[0], sums[1] + more[1], sums[2] + more[2]
    shipment_minor, line_minor, unit_minor = sums
    return Lanes(
        location=layout.slot,
        tariff=facts.tariff,
        tariffs=facts.tariffs,
        shipment_minor=shipment_minor,
        parcel_minor=per_parcel,
        line_minor=line_minor,
        unit_minor=unit_minor,
        eligible=eligible,
        delivery_day=facts.latest,
        distance_m=distance_m,
    )

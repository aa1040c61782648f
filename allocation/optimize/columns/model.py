"""The problem as the search over locations sees it: atoms, rows of lanes, price curves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Atoms, make_atoms
from allocation.optimize.columns.curves import Curve, make_curve
from allocation.optimize.columns.grid import UNREACHED, Grid, make_grid
from allocation.optimize.columns.postage import Postage
from allocation.optimize.columns.scalars import INFINITE, Scalars, make_scalars
from allocation.optimize.lane_classes import number_rows
from routing.rating.tariff import NO_PRICE, billable_weight_ug, parcel_price_minor
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]

_MOST_BREAKS = 400


@dataclass(frozen=True, slots=True, eq=False)
class AtomContents:
    """What one unit of each atom puts into parcels.

    Attributes
    ----------
    weight_ug, volume_nl
        int64 ``[a]``: of the pieces that may share parcels.
    shared
        bool ``[a]``: there are such pieces.
    units, lines
        int64 ``[a]``: increments and order lines.
    value_minor
        int64 ``[a]``: for the least value of a shipment.
    need
        int64 ``[a, k]``: increments of each item.
    """

    weight_ug: Int64
    volume_nl: Int64
    shared: NDArray[np.bool_]
    units: Int64
    lines: Int64
    value_minor: Int64
    need: Int64


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Lanes of one location that differ in their tariffs only, as one row each.

    Attributes
    ----------
    place
        intp ``[r]``: index into the model's `places`, ascending.
    value
        int64 ``[r, k]``: least scalar of a shipment up to each break of the places, without
        amounts per line and unit; never falls.
    curve
        int64 ``[r, t]``: the same by cell of the grid.
    line, unit, cap
        int64 ``[a, r]``: scalar per line and per unit, most units.
    """

    place: NDArray[np.intp]
    value: Int64
    curve: Int64
    line: Int64
    unit: Int64
    cap: Int64


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Locations that can ship something, bounded over their rows.

    Attributes
    ----------
    location
        int64 ``[l]``: index into the problem's locations, ascending.
    lanes
        Lanes of each that can carry something.
    break_ug
        int64 ``[k]``, strictly increasing: weights at which some price curve steps up; the
        last is the weight of everything.
    value
        int64 ``[l, k]``: least scalar of a shipment up to each of these weights, without
        amounts per line and unit; never falls.
    per_unit
        int64 ``[l, a]``: least scalar per unit, a share of the amount per line included.
    cap
        int64 ``[l, a]``: most units of each atom.
    has_one_row
        bool ``[l]``: `per_unit`, `cap` and `value` are exact but for amounts per line.
    """

    location: Int64
    lanes: tuple[tuple[int, ...], ...]
    break_ug: Int64
    value: Int64
    per_unit: Int64
    cap: Int64
    has_one_row: NDArray[np.bool_]

    def curve(self, place: int) -> Curve:
        """Return the price curve of a place."""
        return make_curve(self.break_ug, self.value[place])

    def __len__(self) -> int:
        return int(self.location.size)


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Everything that bounds and searches share.

    Attributes
    ----------
    demand
        int64 ``[a]``: units of each atom that can be placed at all.
    always_left
        Scalar of what is left out in every plan, units beyond `demand` included.
    complete_is_possible
        Whether anything is left out in every plan.
    lane_cap
        int64 ``[a, j]``.
    apart_minor
        int64 ``[a, j]``: parcels of pieces that travel alone, held by ``scalars.unit``.
    shared_items
        Items that several atoms take and that are short somewhere.
    """

    problem: SourcingProblem
    atoms: Atoms
    contents: AtomContents
    scalars: Scalars
    grid: Grid
    rows: Rows
    places: Places
    demand: Int64
    always_left: int
    complete_is_possible: bool
    lane_cap: Int64
    apart_minor: Int64
    shared_items: tuple[int, ...]

    @property
    def first_row(self) -> NDArray[np.intp]:
        """Return intp ``[l]``: the first row of each place."""
        return np.flatnonzero(np.diff(self.rows.place, prepend=-1))

    @property
    def nothing(self) -> int:
        """Scalar of shipping nothing; without `always_left`, as all scalars here."""
        return int(self.scalars.left_out @ self.demand)

    def only(self, keep: NDArray[np.intp]) -> Model:
        """Return the model of the same order with some of its places (ascending) alone."""
        number = np.full(len(self.places), -1, dtype=np.intp)
        number[keep] = np.arange(keep.size)
        rows, places = self.rows, self.places
        kept = np.flatnonzero(number[rows.place] >= 0)
        return replace(
            self,
            rows=Rows(
                number[rows.place[kept]],
                rows.value[kept],
                rows.curve[kept],
                rows.line[:, kept],
                rows.unit[:, kept],
                rows.cap[:, kept],
            ),
            places=replace(
                places,
                location=places.location[keep],
                lanes=tuple(places.lanes[place] for place in keep.tolist()),
                value=places.value[keep],
                per_unit=places.per_unit[keep],
                cap=places.cap[keep],
                has_one_row=places.has_one_row[keep],
            ),
        )

    def on_grid(self, cells: int) -> Model:
        """Return the same model with weights on a grid of about so many cells."""
        grid = make_grid(self.contents.weight_ug, self.demand, cells)
        curve = _by_cell(grid, self.places.break_ug, self.rows.value)
        return replace(self, grid=grid, rows=replace(self.rows, curve=curve))

    def left_units(self, units: Int64) -> Int64:
        """Return the increments (int64 ``[n]``) left out when these units are placed."""
        return self.problem.lines.demand - units @ self.atoms.content


def make_model(problem: SourcingProblem, cells: int) -> Model | None:
    """Build the model; ``None`` if the tiers do not fit into 64 bits."""
    atoms = make_atoms(problem)
    scalars = make_scalars(problem, atoms)
    if scalars is None:
        return None
    contents = _contents(problem, atoms)
    apart = _alone_cost(problem, atoms)
    refused = (apart >= NO_PRICE) | _too_heavy(problem, atoms)
    apart = np.where(refused, 0, apart)
    scalars = scalars.with_unit(apart)
    cap = np.where(refused, 0, _tight_caps(problem, atoms, contents))
    demand = np.minimum(atoms.count, _reach(problem, cap))
    cap = np.minimum(cap, demand[:, None])
    short = atoms.count - demand
    grid = make_grid(contents.weight_ug, demand, cells)
    rows, places = _rows(problem, scalars, contents, grid, cap, demand)
    return Model(
        problem=problem,
        atoms=atoms,
        contents=contents,
        scalars=scalars,
        grid=grid,
        rows=rows,
        places=places,
        demand=demand,
        always_left=scalars.leftover(problem, atoms.leftover) + int(scalars.left_out @ short),
        complete_is_possible=not (atoms.leftover.any() or short.any()),
        lane_cap=cap,
        apart_minor=apart,
        shared_items=_shared_items(problem, contents, demand),
    )


def _contents(problem: SourcingProblem, atoms: Atoms) -> AtomContents:
    pieces = problem.pieces
    shared = ~pieces.alone
    sums = np.zeros((len(problem.lines), 3), dtype=np.int64)
    number = pieces.per_increment
    columns = np.stack((number, number * pieces.weight_ug, number * pieces.volume_nl), axis=1)
    np.add.at(sums, pieces.line[shared], columns[shared])
    held = atoms.content @ sums
    return AtomContents(
        weight_ug=held[:, 1],
        volume_nl=held[:, 2],
        shared=held[:, 0] > 0,
        units=atoms.content.sum(axis=1),
        lines=(atoms.content > 0).sum(axis=1),
        value_minor=atoms.content @ problem.lines.value_minor,
        need=atoms.content @ problem.lines.use,
    )


def _shared_items(
    problem: SourcingProblem, contents: AtomContents, demand: Int64
) -> tuple[int, ...]:
    need = contents.need
    several = np.flatnonzero((need[demand > 0] > 0).sum(axis=0) > 1)
    wanted = demand @ need
    short = (problem.available[several] < wanted[several, None]).any(axis=1)
    return tuple(several[short].tolist())


def _alone_cost(problem: SourcingProblem, atoms: Atoms) -> Int64:
    """Return int64 ``[a, j]``: parcels of the pieces that travel alone, per unit of an atom."""
    lanes, pieces = problem.lanes, problem.pieces
    index = np.flatnonzero(pieces.alone)
    cost = np.zeros((atoms.count.size, len(lanes)), dtype=np.int64)
    if index.size == 0:
        return cost
    number = atoms.content[:, pieces.line[index]] * pieces.per_increment[index]
    for tariff, each in enumerate(lanes.tariffs):
        price = parcel_price_minor(each, pieces.weight_ug[index], pieces.volume_nl[index])
        refused = price >= NO_PRICE
        here = lanes.tariff == tariff
        total = (number @ np.where(refused, 0, price))[:, None]
        total = total + number.sum(axis=1)[:, None] * lanes.parcel_minor[here]
        blocked = np.array((number[:, refused] > 0).any(axis=1))
        cost[:, here] = np.where(blocked[:, None], NO_PRICE, total)
    return cost


def _too_heavy(problem: SourcingProblem, atoms: Atoms) -> NDArray[np.bool_]:
    """Return bool ``[a, j]``: the atom has a piece that no parcel of the lane can hold."""
    lanes, pieces = problem.lanes, problem.pieces
    refused = np.zeros((atoms.count.size, len(lanes)), dtype=np.bool_)
    holds = atoms.content[:, pieces.line] > 0
    for tariff, each in enumerate(lanes.tariffs):
        billable = billable_weight_ug(each, pieces.weight_ug, pieces.volume_nl)
        heavy = (holds & (billable > each.max_weight_ug)).any(axis=1)
        refused[np.ix_(heavy, lanes.tariff == tariff)] = True
    return refused


def _tight_caps(problem: SourcingProblem, atoms: Atoms, contents: AtomContents) -> Int64:
    location = problem.lanes.location
    units = problem.limits.location_units[location] // np.maximum(1, contents.units)[:, None]
    lines = problem.limits.location_lines[location] >= contents.lines[:, None]
    return np.where(lines, np.minimum(atoms.cap, units), 0)


def _reach(problem: SourcingProblem, cap: Int64) -> Int64:
    if cap.shape[1] == 0:
        return np.zeros(cap.shape[0], dtype=np.int64)
    starts = np.flatnonzero(np.diff(problem.lanes.location, prepend=-1))
    reach: Int64 = np.maximum.reduceat(cap, starts, axis=1).sum(axis=1)
    return reach


def _rows(
    problem: SourcingProblem,
    scalars: Scalars,
    contents: AtomContents,
    grid: Grid,
    cap: Int64,
    demand: Int64,
) -> tuple[Rows, Places]:
    useful = np.flatnonzero((cap > 0).any(axis=0))
    location = problem.lanes.location[useful].astype(np.int64)
    here, place_of = np.unique(location, return_inverse=True)
    signature = np.concatenate(
        [location[None, :], scalars.line[:, useful], scalars.unit[:, useful], cap[:, useful]]
    )
    number, first = number_rows(np.ascontiguousarray(signature.T))
    order = np.argsort(place_of[first], kind="stable")
    rank = np.empty(order.size, dtype=np.intp)
    rank[order] = np.arange(order.size)
    prices = _LanePrices(problem, scalars, contents, demand, useful)
    break_ug = prices.breaks()
    # A step holds for all weights above the limit before it.
    by_lane = prices.at(np.concatenate(([0], break_ug[:-1] + 1)))
    value = _least_by(rank[number], by_lane, order.size)
    example = useful[first[order]]
    place = place_of[first[order]].astype(np.intp)
    curve = _by_cell(grid, break_ug, value)
    rows = Rows(
        place, value, curve, scalars.line[:, example], scalars.unit[:, example], cap[:, example]
    )
    lanes: list[list[int]] = [[] for _ in range(here.size)]
    for lane, at in zip(useful.tolist(), place_of.tolist(), strict=True):
        lanes[at].append(lane)
    return rows, _places(rows, here, tuple(map(tuple, lanes)), break_ug, demand)


def _by_cell(grid: Grid, break_ug: Int64, value: Int64) -> Int64:
    """Return int64 ``[r, t]``: the value at the least weight of each cell or a later one."""
    step = np.searchsorted(break_ug, np.minimum(grid.least_ug, break_ug[-1]))
    curve = value[:, step]
    curve[:, grid.least_ug >= UNREACHED] = INFINITE
    least: Int64 = np.minimum.accumulate(curve[:, ::-1], axis=1)[:, ::-1]
    return least


def _least_by(group: NDArray[np.intp], values: Int64, groups: int) -> Int64:
    least = np.full((groups, values.shape[1]), INFINITE, dtype=np.int64)
    np.minimum.at(least, group, values)
    return least


def _places(
    rows: Rows,
    location: Int64,
    lanes: tuple[tuple[int, ...], ...],
    break_ug: Int64,
    demand: Int64,
) -> Places:
    if location.size == 0:
        nothing = np.zeros((0, demand.size), dtype=np.int64)
        return Places(
            location, lanes, break_ug, rows.value, nothing, nothing, np.zeros(0, dtype=np.bool_)
        )
    starts = np.flatnonzero(np.diff(rows.place, prepend=-1))
    times = np.maximum(1, demand)[:, None]
    # An amount per line, shared out over all units, is paid at least; a credit at most once each.
    per_unit = rows.unit + np.where(rows.line < 0, rows.line, rows.line // times)
    per_unit = np.where(rows.cap > 0, per_unit, INFINITE)
    return Places(
        location,
        lanes,
        break_ug,
        np.minimum.reduceat(rows.value, starts, axis=0),
        np.minimum.reduceat(per_unit, starts, axis=1).T.copy(),
        np.maximum.reduceat(rows.cap, starts, axis=1).T.copy(),
        np.diff(starts, append=rows.place.size) == 1,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _LanePrices:
    """Lower bounds of shipments on lanes by weight alone."""

    problem: SourcingProblem
    scalars: Scalars
    contents: AtomContents
    demand: Int64
    useful: NDArray[np.intp]

    @property
    def _heaviest_ug(self) -> int:
        return int(self.contents.weight_ug @ self.demand)

    def _keys(self) -> tuple[list[tuple[int, int]], NDArray[np.intp]]:
        """Return the distinct (tariff, per-parcel cost), and which of them each lane has."""
        lanes = self.problem.lanes
        known: dict[tuple[int, int], int] = {}
        number = [
            known.setdefault((int(lanes.tariff[lane]), int(lanes.parcel_minor[lane])), len(known))
            for lane in self.useful
        ]
        return list(known), np.array(number, dtype=np.intp)

    def _postage(self) -> list[Postage]:
        tariffs = self.problem.lanes.tariffs
        return [Postage(tariffs[key], fee, self._heaviest_ug) for key, fee in self._keys()[0]]

    def at(self, weight_ug: Int64) -> Int64:
        """Return int64 ``[j', t]``: least scalar of a shipment of each weight."""
        always_shared = bool(self.contents.shared[self.demand > 0].all())
        keys, number = self._keys()
        parcels = np.empty((len(keys), weight_ug.size), dtype=np.int64)
        for row, postage in enumerate(self._postage()):
            bound = postage.bound(weight_ug)
            if not always_shared:
                bound = np.where(weight_ug > 0, bound, 0)
            parcels[row] = np.where(bound < NO_PRICE, bound * self.scalars.cost_weight, INFINITE)
        shipment = self.scalars.shipment[self.useful]
        least: Int64 = np.minimum(parcels[number] + shipment[:, None], INFINITE)
        return least

    def breaks(self) -> Int64:
        """Return the weights at which some bound steps up, not too many of them."""
        heaviest = self._heaviest_ug
        steps = [postage.steps_ug() for postage in self._postage()]
        known = np.unique(np.concatenate([np.zeros(1, dtype=np.int64), *steps]))
        known = known[known < heaviest]
        # Fewer breaks make wider steps at their lower ends, which only lowers the bounds.
        thinned = known[:: max(1, -(-known.size // _MOST_BREAKS))]
        return np.append(thinned, heaviest)

"""What the parcels of every vector cost on every tariff: bounds first, exact on demand.

One parcel is priced for all vectors and tariffs at once. Where that is proven cheapest
(light enough, or at the tariff's lower bound) the price is exact; elsewhere the tables
hold an interval that is closed by packing when, and only when, the vector matters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Atoms, Lattice
from allocation.optimize.contents import Contents
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.packaged_tables import PackagedTables
from routing.parcels.boxing import lone_price_minor
from routing.parcels.partition import INFINITE, pair_count, partition
from routing.parcels.postage import Postage
from routing.rating.dimensional import DimensionalRule
from routing.rating.tariff import NO_PRICE, Tariff, billable_weight_ug
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class ParcelTables:
    """Cost of the parcels of each vector on each tariff with its per-parcel cost.

    Attributes
    ----------
    lower, upper
        int64 ``[t, s]``: proven bounds, ``NO_PRICE`` where the carrier refuses.
    settled
        bool ``[t, s]``: packing cannot narrow the interval any more.
    """

    lower: Int64
    upper: Int64
    settled: NDArray[np.bool_]


def make_parcel_tables(
    problem: SourcingProblem,
    atoms: Atoms,
    lattice: Lattice,
    contents: Contents,
    keys: list[tuple[int, int]],
) -> ParcelTables:
    """Price every vector as one parcel (its lone pieces apart), with bounds.

    Parameters
    ----------
    keys
        (tariff index, per-parcel cost) of each row.
    """
    tables = _shared_tables(problem, atoms, lattice, contents, keys)
    if contents.alone_index.size:
        _add_alone(problem, contents, keys, tables)
    return tables


def _shared_tables(
    problem: SourcingProblem,
    atoms: Atoms,
    lattice: Lattice,
    contents: Contents,
    keys: list[tuple[int, int]],
) -> ParcelTables:
    """Return the tables of everything that may share parcels."""
    packed = np.array([bool(problem.lanes.tariffs[index].packagings) for index, _ in keys])
    one_piece_per_atom = _one_piece_per_atom(problem, atoms)
    if not packed.any():
        return _plain_tables(problem, lattice, contents, keys, one_piece_per_atom)
    shape = (len(keys), lattice.size)
    tables = ParcelTables(
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape, dtype=np.int64),
        np.ones(shape, dtype=np.bool_),
    )
    plain = np.flatnonzero(~packed)
    if plain.size:
        some = [keys[row] for row in plain.tolist()]
        found = _plain_tables(problem, lattice, contents, some, one_piece_per_atom)
        tables.lower[plain], tables.upper[plain] = found.lower, found.upper
        tables.settled[plain] = found.settled
    packaged = PackagedTables(problem, lattice, contents, one_piece_per_atom)
    rows = np.flatnonzero(packed)
    some = [keys[row] for row in rows.tolist()]
    tables.lower[rows], tables.upper[rows] = packaged.bounds(
        [problem.lanes.tariffs[index] for index, _ in some], [fee for _, fee in some]
    )
    tables.settled[rows] = tables.lower[rows] == tables.upper[rows]
    return tables


def _plain_tables(
    problem: SourcingProblem,
    lattice: Lattice,
    contents: Contents,
    keys: list[tuple[int, int]],
    one_piece_per_atom: bool,
) -> ParcelTables:
    tariffs = [problem.lanes.tariffs[index] for index, _ in keys]
    fees = np.array([fee for _, fee in keys], dtype=np.int64)[:, None]
    upper = _one_parcel(tariffs, contents)
    refused = upper >= NO_PRICE
    upper = np.where(refused, NO_PRICE, upper + fees)
    settled = _one_is_cheapest(tariffs, contents) & ~refused
    settled[:, ~contents.shared] = True
    lower = upper.copy()
    if not settled.all():
        for row, tariff in enumerate(tariffs):
            _bound_open(tariff, int(fees[row, 0]), contents, lower[row], settled[row])
    if not contents.shared.all():
        lower = np.where(contents.shared, lower, 0)
        upper = np.where(contents.shared, upper, 0)
    if not settled.all() and one_piece_per_atom:
        _close_all(lattice, contents, lower, upper, settled)
    return ParcelTables(lower, upper, settled)


def _one_parcel(tariffs: list[Tariff], contents: Contents) -> Int64:
    """Price every vector as one parcel on every tariff; steps are found once per table."""
    prices = np.empty((len(tariffs), contents.weight_ug.size), dtype=np.int64)
    steps: dict[tuple[bytes, _RuleKey], tuple[NDArray[np.intp], NDArray[np.bool_]]] = {}
    billable: dict[_RuleKey, Int64] = {}
    for row, tariff in enumerate(tariffs):
        rule = _rule_key(tariff.dimensional)
        if rule not in billable:
            billable[rule] = billable_weight_ug(tariff, contents.weight_ug, contents.volume_nl)
        key = (tariff.limit_ug.tobytes(), rule)
        if key not in steps:
            step = np.searchsorted(tariff.limit_ug, billable[rule], side="left")
            steps[key] = (np.minimum(step, tariff.limit_ug.size - 1), step >= tariff.limit_ug.size)
        step, over = steps[key]
        np.take(tariff.price_minor, step, out=prices[row])
        prices[row][over] = NO_PRICE
    return prices


_RuleKey = tuple[int, int, int] | None


def _rule_key(rule: DimensionalRule | None) -> _RuleKey:
    """Return what tells rules apart; hashing their fractions would take longer than pricing."""
    if rule is None:
        return None
    divisor = rule.divisor_in3_per_lb
    return divisor.numerator, divisor.denominator, rule.threshold_nl


def _one_is_cheapest(tariffs: list[Tariff], contents: Contents) -> NDArray[np.bool_]:
    below = np.array([tariff.subadditive_below_ug for tariff in tariffs], dtype=np.int64)
    threshold = np.array(
        [
            np.iinfo(np.int64).max
            if tariff.dimensional is None
            else tariff.dimensional.threshold_nl
            for tariff in tariffs
        ],
        dtype=np.int64,
    )
    light = contents.weight_ug <= below[:, None]
    small: NDArray[np.bool_] = contents.volume_nl <= threshold[:, None]
    return light & small


def _bound_open(
    tariff: Tariff, fee: int, contents: Contents, lower: Int64, settled: NDArray[np.bool_]
) -> None:
    """Lower the bound where several parcels might be cheaper; settle where they are not."""
    open_ = np.flatnonzero(~settled)
    if open_.size == 0:
        return
    weight, one = contents.weight_ug[open_], lower[open_]
    several = Postage(tariff, fee, int(weight.max())).several(weight, contents.volume_nl[open_])
    lower[open_] = np.minimum(one, several)
    settled[open_] = (lower[open_] == one) & (one < NO_PRICE)


def _one_piece_per_atom(problem: SourcingProblem, atoms: Atoms) -> bool:
    """Whether the lattice's vectors are the piece counts themselves, none of them alone."""
    pieces = problem.pieces
    if pieces.alone.any():
        return False
    per_line = np.bincount(
        pieces.line, weights=pieces.per_increment, minlength=len(problem.lines)
    ).astype(np.int64)
    return bool((atoms.content @ per_line == 1).all())


def _close_all(
    lattice: Lattice,
    contents: Contents,
    lower: Int64,
    upper: Int64,
    settled: NDArray[np.bool_],
) -> None:
    """Find the best parcels of all vectors at once, where each vector is its own packing."""
    if pair_count(lattice.shape) > _MOST_SUMS_PER_TARIFF:
        return
    for row in np.flatnonzero(~settled.all(axis=1)).tolist():
        part = np.where(upper[row] < NO_PRICE, upper[row], INFINITE)
        part[0] = INFINITE
        best = partition(lattice.shape, part, None)
        upper[row] = lower[row] = np.where(best < INFINITE, best, NO_PRICE)
    settled[:] = True
    upper[:, ~contents.shared] = lower[:, ~contents.shared] = 0


_MOST_SUMS_PER_TARIFF = 60_000


def _add_alone(
    problem: SourcingProblem,
    contents: Contents,
    keys: list[tuple[int, int]],
    tables: ParcelTables,
) -> None:
    pieces, index = problem.pieces, contents.alone_index
    for row, (tariff, fee) in enumerate(keys):
        price = lone_price_minor(
            problem.lanes.tariffs[tariff], pieces.weight_ug, pieces.volume_nl, pieces.boxing
        )[index]
        refused = price >= NO_PRICE
        apart = contents.alone @ np.where(refused, 0, price + fee)
        blocked = (contents.alone[:, refused] > 0).any(axis=1)
        for bound in (tables.lower, tables.upper):
            total = np.minimum(bound[row] + apart, NO_PRICE)
            bound[row] = np.where(blocked, NO_PRICE, total)
        tables.settled[row] |= blocked


def settle(
    tables: ParcelTables,
    row: int,
    evaluator: Evaluator,
    contents: Contents,
    lane: int,
    vector: int,
) -> None:
    """Pack one vector for real and narrow its interval in the tables."""
    quantities = contents.quantities[vector]
    held = tuple((int(line), int(quantities[line])) for line in np.flatnonzero(quantities))
    packing = evaluator.packing(lane, held)
    if packing is None:
        tables.lower[row, vector] = tables.upper[row, vector] = NO_PRICE
    else:
        tables.upper[row, vector] = min(int(tables.upper[row, vector]), packing.cost_minor)
        tables.lower[row, vector] = max(int(tables.lower[row, vector]), packing.bound_minor)
    tables.settled[row, vector] = True

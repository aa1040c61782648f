"""What the parcels of every vector cost on every tariff: bounds first, exact on demand.

One parcel is priced for all vectors at once. Where that is proven cheapest (light
enough, or at the tariff's lower bound) the price is exact; elsewhere the table holds
an interval that is closed by packing when, and only when, the vector matters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Atoms, Lattice
from allocation.optimize.evaluate import Evaluator
from routing.parcels.packing import parcel_cost_minor
from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.tariff import NO_PRICE, Tariff
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class ParcelTable:
    """Cost of the parcels of each vector on one tariff.

    Attributes
    ----------
    lower, upper
        int64 ``[s]``: proven bounds, ``NO_PRICE`` where the carrier refuses.
    settled
        bool ``[s]``: packing cannot narrow the interval any more.
    """

    lower: Int64
    upper: Int64
    settled: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """Weight and volume of each vector, apart from pieces that travel alone.

    Attributes
    ----------
    quantities
        int64 ``[s, n]``: increments of each line.
    alone
        int64 ``[s, p']``: number of each piece that travels alone; `alone_index` names them.
    """

    quantities: Int64
    weight_ug: Int64
    volume_nl: Int64
    shared: NDArray[np.bool_]
    alone: Int64
    alone_index: Int64


def make_contents(problem: SourcingProblem, atoms: Atoms, lattice: Lattice) -> Contents:
    """Add up what each vector of the lattice holds."""
    pieces = problem.pieces
    quantities = lattice.vectors @ atoms.content
    shared = ~pieces.alone
    per_line = np.bincount(pieces.line[shared], minlength=len(problem.lines)).astype(np.int64)
    weight = np.zeros(len(problem.lines), dtype=np.int64)
    volume = np.zeros(len(problem.lines), dtype=np.int64)
    np.add.at(weight, pieces.line[shared], (pieces.per_increment * pieces.weight_ug)[shared])
    np.add.at(volume, pieces.line[shared], (pieces.per_increment * pieces.volume_nl)[shared])
    alone_index = np.flatnonzero(pieces.alone)
    alone = quantities[:, pieces.line[alone_index]] * pieces.per_increment[alone_index]
    return Contents(
        quantities=quantities,
        weight_ug=quantities @ weight,
        volume_nl=quantities @ volume,
        shared=(quantities @ per_line) > 0,
        alone=alone,
        alone_index=alone_index,
    )


def parcel_table(
    problem: SourcingProblem, contents: Contents, tariff: Tariff, parcel_minor: int
) -> ParcelTable:
    """Price every vector as one parcel (and its lone pieces apart), with bounds."""
    weight, volume = contents.weight_ug, contents.volume_nl
    one = parcel_cost_minor(tariff, parcel_minor, weight, volume)
    settled = weight <= tariff.subadditive_below_ug
    rule = tariff.dimensional
    if rule is not None:
        settled &= volume <= rule.threshold_nl
    settled &= one < NO_PRICE
    lower = one.copy()
    open_ = np.flatnonzero(~settled)
    if open_.size:
        fewest = np.maximum(1, -(-weight[open_] // tariff.max_weight_ug))
        fluid = np.maximum(fluid_bound_minor(tariff, weight[open_]), int(tariff.price_minor.min()))
        lower[open_] = np.minimum(one[open_], fluid + parcel_minor * fewest)
        settled[open_] = lower[open_] == one[open_]
        settled[open_] &= one[open_] < NO_PRICE
    lower = np.where(contents.shared, lower, 0)
    upper = np.where(contents.shared, one, 0)
    settled = settled | ~contents.shared
    if contents.alone_index.size:
        apart = _alone_cost(problem, contents, tariff, parcel_minor)
        lower = np.minimum(lower + apart, NO_PRICE)
        upper = np.minimum(upper + apart, NO_PRICE)
        settled = settled | (apart >= NO_PRICE)
    return ParcelTable(lower, upper, settled)


def _alone_cost(
    problem: SourcingProblem, contents: Contents, tariff: Tariff, parcel_minor: int
) -> Int64:
    pieces = problem.pieces
    index = contents.alone_index
    price = parcel_cost_minor(
        tariff, parcel_minor, pieces.weight_ug[index], pieces.volume_nl[index]
    )
    refused = price >= NO_PRICE
    total = contents.alone @ np.where(refused, 0, price)
    return np.where((contents.alone[:, refused] > 0).any(axis=1), NO_PRICE, total)


def settle(
    table: ParcelTable, evaluator: Evaluator, contents: Contents, lane: int, vector: int
) -> None:
    """Pack one vector for real and narrow its interval in the table."""
    quantities = contents.quantities[vector]
    held = tuple((int(line), int(quantities[line])) for line in np.flatnonzero(quantities))
    packing = evaluator.packing(lane, held)
    if packing is None:
        table.lower[vector] = table.upper[vector] = NO_PRICE
    else:
        table.upper[vector] = min(int(table.upper[vector]), packing.cost_minor)
        table.lower[vector] = max(int(table.lower[vector]), packing.bound_minor)
    table.settled[vector] = True

"""Estimated change of every tier's value by opening each lane, all lanes at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.greedy.view import View
from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.tariff import NO_PRICE

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


def score_lanes(view: View, lanes: Int64, fill: Int64, *, first: bool) -> Float64:
    """Estimate the change of the tiers' values by a shipment on each lane.

    Parameters
    ----------
    view
        Of the problem.
    lanes
        int64 ``[c]``: lane of each column of `fill`.
    fill
        int64 ``[n, c]``: what the shipment carries.
    first
        Whether there is no other shipment.

    Returns
    -------
    NDArray[np.float64]
        ``[t, c]``. Only the parcels are estimated: one parcel where that is cheapest
        or the price of a fluid where splitting may pay. Floats, because an unknown
        distance times a quantity leaves 64 bits.
    """
    change: Float64 = view.fixed[:, lanes]
    change += np.einsum("tic,ic->tc", view.per_unit[:, :, lanes], fill)
    if view.counts_cost.any():
        cost = postage_minor(view, lanes, fill)
        line_minor = view.problem.lanes.line_minor
        if line_minor.any():
            cost += (line_minor[:, lanes] * (fill > 0)).sum(axis=0)
        if not first:
            cost += view.problem.extra_shipment_minor
        change[view.counts_cost] += cost
    return change


def postage_minor(view: View, lanes: Int64, fill: Int64) -> Float64:
    """Estimate the parcels of everything that may share a parcel, per-parcel costs included."""
    weight = view.weight_ug @ fill
    volume = view.volume_nl @ fill
    tariff = view.problem.lanes.tariff[lanes].astype(np.int64)
    price = view.rates.price_minor(tariff, weight, volume)
    parcels = np.ones(lanes.size)
    heavy = np.flatnonzero((weight > view.rates.one_parcel_ug[tariff]) | (price >= NO_PRICE))
    if heavy.size:
        parcels[heavy] = np.maximum(1, -(-weight[heavy] // view.rates.max_ug[tariff[heavy]]))
        for index in np.unique(tariff[heavy]).tolist():
            where = heavy[tariff[heavy] == index]
            fluid = fluid_bound_minor(view.problem.lanes.tariffs[index], weight[where])
            price[where] = np.minimum(price[where], fluid)
    cost: Float64 = price + parcels * view.problem.lanes.parcel_minor[lanes]
    shares = ~view.problem.pieces.alone
    if not shares.all():
        has = np.zeros(len(view.problem.lines), dtype=np.bool_)
        has[view.problem.pieces.line[shares]] = True
        cost[~(fill[has] > 0).any(axis=0)] = 0
    return cost


def lexicographic_least(scores: Float64) -> int:
    """Return the first column of a ``[t, c]`` array that is least, upper rows first."""
    best = np.arange(scores.shape[1])
    for row in scores:
        values = row[best]
        best = best[values <= values.min()]
        if best.size == 1:
            break
    return int(best[0])

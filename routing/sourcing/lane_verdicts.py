"""Which lane may carry which line, and why a location with the stock has none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.order import Order
from routing.promise.promise import NEVER
from routing.sourcing.feeds import NOWHERE
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.pieces import Narrowest, Piece, fits_card
from routing.sourcing.policy import Policy
from routing.sourcing.verdict import Verdict
from routing.sourcing.ways import NO_FEED

Int64 = NDArray[np.int64]

_ELIGIBLE = np.int8(Verdict.ELIGIBLE)


def late_days(order: Order, facts: LaneFacts) -> Int64:
    """Return int64 ``[j]``: days after deliver-by; unknown transit is as late as can be."""
    if order.deliver_by is None:
        return np.zeros(facts.latest.size, dtype=np.int64)
    late = facts.latest.astype(np.int64) - order.deliver_by.toordinal()
    return np.maximum(late, 0)


def lane_eligibility(
    verdicts: NDArray[np.int8],
    facts: LaneFacts,
    takes: NDArray[np.bool_],
    late: Int64,
    policy: Policy,
) -> NDArray[np.bool_]:
    """Return bool ``[n, j]``: verdict, size and date allow it.

    Parameters
    ----------
    takes
        bool ``[n, j]``: the lane's card takes every piece of the line.
    late
        int64 ``[j]``: see `late_days`.
    """
    eligible: NDArray[np.bool_] = verdicts[:, facts.location] == _ELIGIBLE
    if facts.ways is not None:
        for number, feed in enumerate(facts.ways.feeds):
            # Who comes from where was chosen among those that may ship the line.
            eligible[:, facts.ways.feed == number] = (feed.origin != NOWHERE)[:, None]
    eligible &= takes
    if not late.any():
        return eligible
    if policy.late_day_minor is None:
        eligible &= late == 0
    else:
        eligible &= ~((facts.latest >= NEVER) & (late > 0))
    return eligible


def takes_of(facts: LaneFacts, pieces: Sequence[tuple[Piece, ...]]) -> NDArray[np.bool_]:
    """Return bool ``[n, j]``: the lane's card takes every piece of the line."""
    narrowest = facts.once("narrowest", lambda: Narrowest.of(facts.cards))
    if all(narrowest.admits(piece) for group in pieces for piece in group):
        return np.ones((len(pieces), len(facts)), dtype=np.bool_)
    by_card = np.array(
        [
            [all(fits_card(piece, card) for piece in group) for card in facts.cards]
            for group in pieces
        ],
        dtype=np.bool_,
    ).reshape(len(pieces), len(facts.cards))
    takes: NDArray[np.bool_] = by_card[:, facts.card]
    return takes


def explain_lanes(
    verdicts: NDArray[np.int8],
    facts: LaneFacts,
    takes: NDArray[np.bool_],
    eligible: NDArray[np.bool_],
) -> None:
    """Say why a location that has the stock still has no lane for a line."""
    stuck = (verdicts == _ELIGIBLE) > somewhere(eligible, facts, verdicts.shape)
    if not stuck.any():
        return
    fits = somewhere(takes, facts, verdicts.shape)
    rated = np.zeros(verdicts.shape[1], dtype=np.bool_)
    rated[facts.location] = True
    verdicts[stuck & ~rated] = Verdict.NO_RATE
    verdicts[stuck & rated & ~fits] = Verdict.TOO_LARGE
    verdicts[stuck & rated & fits] = Verdict.TOO_LATE


def explain_collection(
    verdicts: NDArray[np.int8],
    facts: LaneFacts,
    takes: NDArray[np.bool_],
    collected: NDArray[np.bool_],
) -> None:
    """Say where nothing leads to the place where a line is collected.

    Parameters
    ----------
    collected
        bool ``[n]``: the line is collected.
    """
    leads = somewhere(takes, facts, verdicts.shape)
    stuck = (verdicts == Verdict.ELIGIBLE) & ~leads & collected[:, None]
    verdicts[stuck] = Verdict.NOT_PICKUP


def explain_age(verdicts: NDArray[np.int8], facts: LaneFacts, eligible: NDArray[np.bool_]) -> None:
    """Say where portions are too old on every lane, or too few of them fresh enough."""
    able = somewhere(eligible, facts, verdicts.shape)
    verdicts[(verdicts == Verdict.ELIGIBLE) & ~able] = Verdict.SHELF_LIFE


def somewhere(
    on_lane: NDArray[np.bool_], facts: LaneFacts, shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Turn bool ``[n, j]`` into bool ``[n, l]``: true on some lane from the location."""
    found = np.zeros(shape, dtype=np.bool_)
    if facts.ways is None:
        line, lane = np.divmod(np.flatnonzero(on_lane), len(facts))
        found[line, facts.location[lane]] = True
        return found
    line, lane = np.nonzero(on_lane)
    place = facts.location[lane].astype(np.int64)
    if facts.ways.feeds:
        origin = np.stack([feed.origin for feed in facts.ways.feeds])
        feed = facts.ways.feed[lane]
        place = np.where(feed == NO_FEED, place, origin[feed, line])
    found[line, place] = True
    return found

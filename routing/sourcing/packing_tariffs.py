"""What parcels really cost to pack and send: tariffs with packagings for one order's things.

Where there are cartons, or a card adds for the size of what is sent, the plain tariffs of a
lane sheet are exchanged for ones with packagings. Orders that neither concerns pay nothing
for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from routing.network import Network
from routing.order import Order
from routing.parcels.boxing import Boxing, carries, make_boxing
from routing.rating.fold import applicable_surcharges
from routing.rating.packagings import packed_tariff, triggers_met
from routing.rating.rate_card import RateCard
from routing.rating.tariff import Tariff
from routing.rating.zones import RateZone
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.pieces import Piece, fits_card
from routing.sourcing.rate_area import delivery_areas
from routing.sourcing.resolve import ResolvedLine

Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class PackedLanes:
    """Lanes with tariffs that know the order's things.

    Attributes
    ----------
    facts
        The same lanes; tariffs with packagings.
    takes
        bool ``[n, j]``: the lane takes every piece of the line by itself.
    pieces
        Of each line; what no carton holds travels alone, as it is.
    boxing
        Their sizes, in the same order.
    homeless
        Positions of the lines with such pieces.
    """

    facts: LaneFacts
    takes: Bool
    pieces: tuple[tuple[Piece, ...], ...]
    boxing: Boxing
    homeless: tuple[int, ...]


def need_packagings(
    network: Network,
    cards: Sequence[RateCard],
    lines: Sequence[ResolvedLine],
    pieces: Sequence[tuple[Piece, ...]],
) -> bool:
    """Say whether plain tariffs would not price this order's parcels truly."""
    if network.carton_sets:
        return True
    triggers = [trigger for card in cards for trigger in card.triggers]
    if not triggers:
        return False
    held = [
        (piece, piece.per_increment * line.demand)
        for line, group in zip(lines, pieces, strict=True)
        for piece in group
    ]
    weight = sum(piece.weight_ug * number for piece, number in held)
    volume = sum(piece.volume_nl * number for piece, number in held)
    return any(
        trigger.met_by(piece.solid.sides_um, volume, weight)
        for trigger in triggers
        for piece, _ in held
    )


def pack_lanes(
    facts: LaneFacts,
    order: Order,
    network: Network,
    lines: Sequence[ResolvedLine],
    pieces: Sequence[tuple[Piece, ...]],
    wanted: Bool,
) -> PackedLanes:
    """Exchange the tariffs of lanes for ones with packagings.

    Parameters
    ----------
    pieces
        Of each line.
    wanted
        bool ``[all locations]``: only lanes from these matter; the others take nothing.
    """
    housed = [tuple(_housed(piece, network) for piece in group) for group in pieces]
    homeless = tuple(
        number
        for number, (before, after) in enumerate(zip(pieces, housed, strict=True))
        if before != after
    )
    flat = [(number, piece) for number, group in enumerate(housed) for piece in group]
    boxing = make_boxing([piece.solid for _, piece in flat], network.carton_sets.cartons)
    as_they_are = not network.carton_sets or any(piece.alone for _, piece in flat)
    folder = _Folder(order, network, facts, boxing, _Total.of(lines, flat), as_they_are)
    tariff, tariffs = folder.tariffs(wanted)
    takes = _takes(flat, boxing, tariffs, len(lines))
    present = tariff >= 0
    on_lane = np.where(present, takes[:, np.where(present, tariff, 0)], False)
    within = _within_size(facts.cards, housed, in_cartons=bool(network.carton_sets))
    on_lane &= within[:, facts.card]
    changed = replace(facts, tariff=tariff, tariffs=tariffs)
    return PackedLanes(changed, on_lane, tuple(housed), boxing, homeless)


def _housed(piece: Piece, network: Network) -> Piece:
    """Return the piece; travelling alone if no carton of the network holds one."""
    cartons = network.carton_sets.cartons
    if piece.alone or not cartons:
        return piece
    for carton in cartons:
        room = (carton.inner.length_um, carton.inner.width_um, carton.inner.height_um)
        light = carton.max_weight_ug is None or piece.weight_ug <= carton.max_weight_ug
        small = carton.usable_nl is None or piece.volume_nl <= carton.usable_nl
        if light and small and piece.solid.turned_within(room):
            return piece
    return replace(piece, alone=True)


@dataclass(frozen=True, slots=True)
class _Total:
    """Weight and volume of everything that may share parcels, and of the heaviest alone."""

    weight_ug: int
    volume_nl: int

    @classmethod
    def of(cls, lines: Sequence[ResolvedLine], flat: Sequence[tuple[int, Piece]]) -> _Total:
        shared = [
            (piece, piece.per_increment * lines[number].demand)
            for number, piece in flat
            if not piece.alone
        ]
        alone = [piece for _, piece in flat if piece.alone]
        return cls(
            max(
                sum(piece.weight_ug * number for piece, number in shared),
                max((piece.weight_ug for piece in alone), default=0),
            ),
            max(
                sum(piece.volume_nl * number for piece, number in shared),
                max((piece.volume_nl for piece in alone), default=0),
            ),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Folder:
    order: Order
    network: Network
    facts: LaneFacts
    boxing: Boxing
    total: _Total
    as_they_are: bool

    def tariffs(self, wanted: Bool) -> tuple[NDArray[np.int32], tuple[Tariff, ...]]:
        """Return the tariff of each lane, -1 for none, and the different ones."""
        facts = self.facts
        sets = self.network.carton_sets.of_location[facts.location]
        lanes = np.flatnonzero(wanted[facts.location])
        keys = np.stack([facts.card, facts.zone, facts.ship, sets]).astype(np.int64)[:, lanes]
        distinct, number = np.unique(keys, axis=1, return_inverse=True)
        found = [self._tariff(*column) for column in distinct.T.tolist()]
        known: list[Tariff] = []
        place = np.full(len(found) + 1, -1, dtype=np.int32)
        for at, tariff in enumerate(found):
            if tariff is not None:
                place[at] = _position(known, tariff)
        of_lane = np.full(len(facts), -1, dtype=np.int32)
        of_lane[lanes] = place[number.reshape(-1)]
        return of_lane, tuple(known)

    def _tariff(self, card_index: int, zone: int, ship_day: int, carton_set: int) -> Tariff | None:
        card = self.facts.cards[card_index]
        destination = self.order.destination
        areas = dict(delivery_areas(self.network, destination)).get(card.id, frozenset())
        surcharges = applicable_surcharges(
            card,
            RateZone(zone),
            date.fromordinal(ship_day),
            residential=destination.residential,
            areas=areas,
        )
        due = triggers_met(
            surcharges, self.boxing.sides_um, self.total.weight_ug, self.total.volume_nl
        )
        sets = self.network.carton_sets
        which = sets.sets[carton_set]
        names = tuple(each.name for each in surcharges)
        key = ("packed", card.id, zone, names, which, due, self.as_they_are)
        known: tuple[Tariff | None] | None = self.network.memo.get(key)
        if known is None:
            tariff = packed_tariff(
                card,
                RateZone(zone),
                surcharges,
                sets.cartons,
                due,
                as_they_are=self.as_they_are,
                which=which,
            )
            known = (tariff,)
            self.network.memo.put(key, known, _size_bytes(tariff))
        return known[0]


def _position(known: list[Tariff], tariff: Tariff) -> int:
    for at, each in enumerate(known):
        if each is tariff:
            return at
    known.append(tariff)
    return len(known) - 1


def _size_bytes(tariff: Tariff | None) -> int:
    if tariff is None:
        return 0
    arrays = [tariff.limit_ug, tariff.fluid_limit_ug]
    arrays += [each.limit_ug for each in tariff.packagings]
    return 2 * sum(array.nbytes for array in arrays)


def _within_size(
    cards: Sequence[RateCard], pieces: Sequence[tuple[Piece, ...]], *, in_cartons: bool
) -> Bool:
    """Return bool ``[n, cards]``: what is sent as it is breaks no limit of the card."""
    return np.array(
        [
            [
                all(fits_card(piece, card) for piece in group if piece.alone or not in_cartons)
                for card in cards
            ]
            for group in pieces
        ],
        dtype=np.bool_,
    ).reshape(len(pieces), len(cards))


def _takes(
    flat: Sequence[tuple[int, Piece]], boxing: Boxing, tariffs: Sequence[Tariff], lines: int
) -> Bool:
    """Return bool ``[n, max(t, 1)]``: whether each tariff takes every piece of each line."""
    takes = np.ones((lines, max(1, len(tariffs))), dtype=np.bool_)
    weight = np.array([piece.weight_ug for _, piece in flat], dtype=np.int64)
    volume = np.array([piece.volume_nl for _, piece in flat], dtype=np.int64)
    alone = np.array([piece.alone for _, piece in flat], dtype=np.bool_)
    line = np.array([number for number, _ in flat], dtype=np.int64)
    for column, tariff in enumerate(tariffs):
        takes[line[~carries(tariff, weight, volume, alone, boxing)], column] = False
    return takes

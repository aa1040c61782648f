"""From resolved lines to the pieces that go into parcels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from routing.ids import ItemId
from routing.item import Dimensions
from routing.parcels.boxing import Boxing
from routing.parcels.fit.solids import Solid
from routing.quick import quick
from routing.rating.girth import length_plus_girth_um
from routing.rating.rate_card import RateCard
from routing.rating.size_limits import fits
from routing.sourcing.problem import NO_LIMIT, Pieces
from routing.sourcing.resolve import ItemUse, ResolvedLine


@quick
@dataclass(frozen=True, slots=True)
class Piece:
    """One type of thing to pack; `item_id` only for a component packed apart.

    `dimensions` are those of one whole unit: of no use for a fraction of it, see `solid`.
    """

    per_increment: int
    weight_ug: int
    volume_nl: int
    alone: bool
    dimensions: Dimensions | None
    item_id: ItemId | None = None
    upright: bool = False
    is_fraction: bool = False

    @property
    def solid(self) -> Solid:
        """Its size as a thing to be placed; a fraction of a unit has none."""
        size = self.dimensions
        if size is None or self.is_fraction:
            return Solid((0, 0, 0))
        return Solid((size.length_um, size.width_um, size.height_um), self.upright)


def pieces_of(
    line: ResolvedLine, cards: Sequence[RateCard], *, in_cartons: bool = False
) -> tuple[Piece, ...]:
    """Return the piece types of a line.

    A kit unit stays one piece while every card takes it and none of its parts
    travels alone; else each component unit is a piece. In cartons it is one piece only
    if it has a size of its own.
    """
    if not line.is_kit:
        return (_whole(line, _volume_nl(line.dimensions, line.scale)),)
    volume = sum(_use_volume_nl(use) for use in line.uses)
    whole = _whole(line, volume)
    loose = in_cartons and line.dimensions is None
    apart = (
        loose
        or any(use.item.ship_alone for use in line.uses)
        or not all(
            fits_card(whole, card) and all(fits_card(_unit(use), card) for use in line.uses)
            for card in cards
        )
    )
    return tuple(_unit(use) for use in line.uses) if apart else (whole,)


def fits_card(piece: Piece, card: RateCard) -> bool:
    """Say whether a card takes the piece as a parcel of its own; unknown sizes fit."""
    size = piece.dimensions
    sides = (size.length_um, size.width_um, size.height_um) if size is not None else (0, 0, 0)
    if not fits(card, *sides, piece.weight_ug):
        return False
    if card.dim_divisor_in3_per_lb is None or piece.volume_nl <= card.dim_threshold_nl:
        return True
    rule = card.dimensional
    if rule is None:
        return True
    return rule.weight_of_one_ug(piece.volume_nl) <= card.max_weight_ug


@dataclass(frozen=True, slots=True)
class Narrowest:
    """Limits that are within those of every card; see `fits_card`."""

    weight_ug: int
    length_um: int
    length_plus_girth_um: int
    volume_nl: int

    @classmethod
    def of(cls, cards: Sequence[RateCard]) -> Narrowest:
        """Return the narrowest limits of some cards."""

        def least(limits: Iterable[int | None]) -> int:
            return min((limit for limit in limits if limit is not None), default=NO_LIMIT)

        return cls(
            least(card.max_weight_ug for card in cards),
            least(card.max_length_um for card in cards),
            least(card.max_length_plus_girth_um for card in cards),
            least(
                card.dimensional.greatest_nl(card.max_weight_ug)
                for card in cards
                if card.dimensional is not None
            ),
        )

    def admits(self, piece: Piece) -> bool:
        """Say whether a piece fits every card; if not, it may still fit some or all."""
        return self.takes(piece.weight_ug, piece.volume_nl, piece.dimensions)

    def takes(self, weight_ug: int, volume_nl: int, size: Dimensions | None) -> bool:
        """Say whether a piece of such a weight, volume and size fits every card."""
        if weight_ug > self.weight_ug or volume_nl > self.volume_nl:
            return False
        if size is None:
            return True
        sides = size.length_um, size.width_um, size.height_um
        return (
            max(sides) <= self.length_um
            and length_plus_girth_um(*sides) <= self.length_plus_girth_um
        )


def pack_arrays(
    pieces: Sequence[tuple[Piece, ...]],
    item_index: Mapping[ItemId, int],
    boxing: Boxing | None = None,
) -> Pieces:
    """Turn the pieces of all lines into arrays; `boxing` counts them in the same order."""
    flat = [(number, piece) for number, group in enumerate(pieces) for piece in group]
    return Pieces(
        line=np.array([number for number, _ in flat], dtype=np.int32),
        per_increment=np.array([piece.per_increment for _, piece in flat], dtype=np.int64),
        weight_ug=np.array([piece.weight_ug for _, piece in flat], dtype=np.int64),
        volume_nl=np.array([piece.volume_nl for _, piece in flat], dtype=np.int64),
        alone=np.array([piece.alone for _, piece in flat], dtype=np.bool_),
        item=np.array(
            [-1 if piece.item_id is None else item_index[piece.item_id] for _, piece in flat],
            dtype=np.int32,
        ),
        boxing=boxing,
    )


def _whole(line: ResolvedLine, volume_nl: int) -> Piece:
    return Piece(
        1,
        line.weight_ug,
        volume_nl,
        line.ship_alone,
        line.dimensions,
        upright=line.keep_upright,
        is_fraction=line.scale > 0,
    )


def _unit(use: ItemUse) -> Piece:
    item = use.item
    per_unit = item.increments_per_unit
    return Piece(
        per_increment=use.increments,
        weight_ug=-(-item.weight_ug // per_unit),
        volume_nl=_volume_nl(item.dimensions, item.quantity_scale),
        alone=item.ship_alone,
        dimensions=item.dimensions,
        item_id=item.id,
        upright=item.keep_upright,
        is_fraction=item.quantity_scale > 0,
    )


def _use_volume_nl(use: ItemUse) -> int:
    whole = 0 if use.item.dimensions is None else use.item.dimensions.volume_nl
    return -(-whole * use.increments // use.item.increments_per_unit)


def _volume_nl(dimensions: Dimensions | None, scale: int) -> int:
    return 0 if dimensions is None else -(-dimensions.volume_nl // int(10**scale))

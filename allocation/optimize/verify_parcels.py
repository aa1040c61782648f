"""The part of `verify` that looks at single parcels: prices, and things standing in cartons."""

from __future__ import annotations

from itertools import combinations, permutations

from routing.carton import Carton
from routing.parcels.boxing import Boxing
from routing.parcels.fit.solids import Placement, Sides, Solid
from routing.parcels.packing import NO_PACKAGING, PackedParcel
from routing.rating.packaging import NO_CARTON, Packaging
from routing.rating.tariff import NO_PRICE, Tariff
from routing.rating.trigger import Trigger
from routing.sourcing.problem import Pieces


def parcel_price(
    pieces: Pieces, tariff: Tariff, parcel: PackedParcel
) -> tuple[tuple[str, ...], int]:
    """Return what is wrong with a parcel, and its price; `NO_PRICE` where it has none."""
    weight = volume = 0
    for piece, number in parcel.pieces:
        weight += pieces.weight_ug.item(piece) * number
        volume += pieces.volume_nl.item(piece) * number
    if not tariff.packagings:
        wrong = () if parcel.packaging == NO_PACKAGING else ("in a packaging that is not there",)
        return wrong, tariff.price_of_one_minor(weight, volume)
    if pieces.boxing is None or not 0 <= parcel.packaging < len(tariff.packagings):
        return ("in no packaging of its tariff",), NO_PRICE
    packaging = tariff.packagings[parcel.packaging]
    price = _price(packaging, weight, volume)
    if packaging.carton == NO_CARTON:
        alone = all(bool(pieces.alone[piece]) for piece, _ in parcel.pieces)
        wrong = (
            ("sent without the carton that it needs",) if packaging.alone_only and not alone else ()
        )
        return wrong + _trigger_faults(packaging, pieces.boxing, parcel, weight, volume), price
    if any(pieces.alone[piece] for piece, _ in parcel.pieces):
        return ("in a carton with a thing that travels as it is",), price
    return _carton_faults(pieces.boxing, packaging.carton, parcel), price


def _price(packaging: Packaging, weight_ug: int, volume_nl: int) -> int:
    if weight_ug > packaging.max_weight_ug or volume_nl > packaging.max_volume_nl:
        return NO_PRICE
    billable = weight_ug + packaging.tare_ug
    if packaging.dimensional is not None:
        billable = max(billable, packaging.dimensional.weight_of_one_ug(volume_nl))
    for limit, price in zip(
        packaging.limit_ug.tolist(), packaging.price_minor.tolist(), strict=True
    ):
        if billable <= limit:
            void_ml = -(-max(0, packaging.inner_nl - volume_nl) // 10**6)
            return int(price) - (-void_ml * packaging.void_fill_minor_per_m3 // 10**6)
    return NO_PRICE


def _trigger_faults(
    packaging: Packaging, boxing: Boxing, parcel: PackedParcel, weight_ug: int, volume_nl: int
) -> tuple[str, ...]:
    sides = [boxing.solids[piece].sides_um for piece, _ in parcel.pieces]

    def met(trigger: Trigger) -> bool:
        return any(trigger.met_by(each, volume_nl, weight_ug) for each in sides)

    unpaid = any(met(trigger) for trigger in packaging.forbids)
    needless = not all(met(trigger) for trigger in packaging.requires)
    faults = (
        ("free of a surcharge that it must pay", unpaid),
        ("charged for what it is not", needless),
    )
    return tuple(fault for fault, is_so in faults if is_so)


def _carton_faults(boxing: Boxing, number: int, parcel: PackedParcel) -> tuple[str, ...]:
    """Check the witness: everything is there, turned as it may be, inside, and apart."""
    solids, carton = boxing.solids, boxing.cartons[number]
    wanted = {piece: count for piece, count in parcel.pieces if any(solids[piece].sides_um)}
    placed = {
        piece: sum(each.piece == piece for each in parcel.placements)
        for piece in {each.piece for each in parcel.placements}
    }
    if wanted != placed:
        return (f"in a carton with {placed} placed of {wanted}",)
    faults = [
        f"in a carton with a thing that cannot stand in {carton.id} at {each.at_um}"
        for each in parcel.placements
        if not _stands(each, solids[each.piece], carton)
    ]
    faults += [
        f"in a carton with things that overlap in {carton.id} at {one.at_um} and {two.at_um}"
        for one, two in combinations(parcel.placements, 2)
        if _overlap(one, two)
    ]
    return tuple(faults)


def _stands(placement: Placement, solid: Solid, carton: Carton) -> bool:
    room: Sides = (carton.inner.length_um, carton.inner.width_um, carton.inner.height_um)
    turned = placement.sides_um in set(permutations(solid.sides_um))
    if solid.upright and placement.sides_um[2] != solid.sides_um[2]:
        return False
    return turned and all(
        at >= 0 and at + side <= most
        for at, side, most in zip(placement.at_um, placement.sides_um, room, strict=True)
    )


def _overlap(one: Placement, two: Placement) -> bool:
    return all(
        one.at_um[axis] < two.at_um[axis] + two.sides_um[axis]
        and two.at_um[axis] < one.at_um[axis] + one.sides_um[axis]
        for axis in range(3)
    )

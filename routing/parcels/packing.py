"""What a packing is: parcels with contents, their price, and what is proven of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.parcels.fit.solids import Placement
from routing.quick import quick
from routing.rating.tariff import NO_PRICE, Tariff, parcel_price_minor

Int64 = NDArray[np.int64]


NO_PACKAGING: Final = -1


@quick
@dataclass(frozen=True, slots=True)
class PackedParcel:
    """``count`` identical parcels.

    Attributes
    ----------
    pieces
        (piece index, pieces in each parcel).
    count
        At least 1.
    packaging
        Index into the tariff's packagings; `NO_PACKAGING` where the tariff has none.
    placements
        Where each piece of known size stands, for a parcel in a carton: the witness that
        it fits.
    """

    pieces: tuple[tuple[int, int], ...]
    count: int
    packaging: int = NO_PACKAGING
    placements: tuple[Placement, ...] = ()


@dataclass(frozen=True, slots=True)
class Packing:
    """A way to pack one shipment.

    Attributes
    ----------
    cost_minor
        Postage and per-parcel costs of all parcels.
    bound_minor
        No packing costs less; equal to `cost_minor` when proven cheapest.
    parcels
        Together they hold exactly what was to be packed.
    """

    cost_minor: int
    bound_minor: int
    parcels: tuple[PackedParcel, ...]

    @property
    def exact(self) -> bool:
        """Whether no packing is cheaper."""
        return self.bound_minor == self.cost_minor


@dataclass(frozen=True, slots=True, eq=False)
class PieceTypes:
    """Weights and volumes of the pieces that may share parcels (int64 ``[p]``)."""

    weight_ug: Int64
    volume_nl: Int64


def packed_price_minor(tariff: Tariff, parcel: PackedParcel, weight_ug: int, volume_nl: int) -> int:
    """Return the price of one such parcel, `NO_PRICE` if the carrier refuses it.

    Parameters
    ----------
    weight_ug, volume_nl
        Of its contents.
    """
    if parcel.packaging == NO_PACKAGING:
        return tariff.price_of_one_minor(weight_ug, volume_nl)
    packaging = tariff.packagings[parcel.packaging]
    weight = np.array([weight_ug], dtype=np.int64)
    return int(packaging.price(weight, np.array([volume_nl], dtype=np.int64))[0])


def parcel_cost_minor(
    tariff: Tariff, parcel_minor: int, weight_ug: Int64, volume_nl: Int64
) -> Int64:
    """Price parcels, per-parcel costs included; ``NO_PRICE`` where the carrier refuses.

    Parameters
    ----------
    tariff
        Prices by billable weight.
    parcel_minor
        Added to every parcel.
    weight_ug, volume_nl
        int64, same shape: of each parcel.
    """
    price = parcel_price_minor(tariff, weight_ug, volume_nl)
    return np.where(price >= NO_PRICE, NO_PRICE, price + parcel_minor)

"""The columns of a postal table: sorted keys beside coordinates, time zone and names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.geo.coordinates import Coordinates
from routing.geo.text_column import TextColumn

KEY_WIDTH: Final = 10
"""Bytes of a key: two letters of country and up to eight characters of code."""

KEY_DTYPE: Final = np.dtype(f"S{KEY_WIDTH}")


@dataclass(frozen=True, slots=True, eq=False)
class PostalTable:
    """One row per key.

    Attributes
    ----------
    keys
        ``country + code`` in ASCII, ascending, distinct; shape ``(n,)``, dtype ``S10``.
    lat_udeg, lng_udeg
        Millionths of a degree; shape ``(n,)``, int32.
    tz_row, region_row
        Rows of `tz` and `region`; shape ``(n,)``, unsigned.
    tz, region
        Distinct IANA time zone names and names of regions.
    place
        Name of the place by row, empty where the code covers several.
    """

    keys: NDArray[np.bytes_]
    lat_udeg: NDArray[np.int32]
    lng_udeg: NDArray[np.int32]
    tz_row: NDArray[np.uint8]
    region_row: NDArray[np.uint16]
    tz: TextColumn
    region: TextColumn
    place: TextColumn

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]], prefix: str) -> PostalTable:
        """Return the table whose arrays are named `prefix` + name of the attribute."""
        return cls(
            keys=arrays[f"{prefix}keys"].astype(KEY_DTYPE, copy=False),
            lat_udeg=arrays[f"{prefix}lat_udeg"].astype(np.int32, copy=False),
            lng_udeg=arrays[f"{prefix}lng_udeg"].astype(np.int32, copy=False),
            tz_row=arrays[f"{prefix}tz_row"].astype(np.uint8, copy=False),
            region_row=arrays[f"{prefix}region_row"].astype(np.uint16, copy=False),
            tz=TextColumn(arrays[f"{prefix}tz"].astype(np.uint8, copy=False)),
            region=TextColumn(arrays[f"{prefix}region"].astype(np.uint8, copy=False)),
            place=TextColumn(arrays[f"{prefix}place"].astype(np.uint8, copy=False)),
        )

    def __len__(self) -> int:
        return len(self.keys)

    def row_of(self, key: str) -> int | None:
        """Return the row of a key, `None` if the table does not hold it."""
        row = self.row_at_or_before(key)
        return row if row is not None and self.key_at(row) == key else None

    def row_at_or_before(self, key: str) -> int | None:
        """Return the row of the greatest key that is not after `key`, `None` if there is none."""
        row = int(np.searchsorted(self.keys, np.array(key, dtype=KEY_DTYPE), side="right")) - 1
        return row if row >= 0 else None

    def key_at(self, row: int) -> str:
        """Return the key of a row."""
        return bytes(self.keys[row]).decode("ascii")

    def coordinates_at(self, row: int) -> Coordinates:
        """Return the coordinates of a row."""
        return Coordinates(int(self.lat_udeg[row]) / 1e6, int(self.lng_udeg[row]) / 1e6)

    def tz_at(self, row: int) -> str:
        """Return the IANA time zone name of a row."""
        name = self.tz[int(self.tz_row[row])]
        if name is None:
            raise ValueError(f"postal table: row {row} has no time zone; rebuild the packaged data")
        return name

    def region_at(self, row: int) -> str | None:
        """Return the region of a row, `None` where it is not known."""
        return self.region[int(self.region_row[row])]

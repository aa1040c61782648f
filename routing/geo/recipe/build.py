"""Builds the packaged files in memory."""

from __future__ import annotations

from pathlib import Path

from routing.geo.archive import pack
from routing.geo.postal import POSTAL_FILE
from routing.geo.recipe.areas import us_areas, world_areas
from routing.geo.recipe.columns import table_arrays, zip3_arrays
from routing.geo.recipe.sources import read_us_zips, read_world_codes, read_zip3
from routing.geo.zip3 import ZIP3_FILE


def build(directory: Path) -> dict[str, bytes]:
    """Return the content of every packaged file by name.

    Parameters
    ----------
    directory
        Holds ``us_zip.csv.gz``, ``us_zip3.csv`` and ``world_postal_core24.csv.gz``.

    Raises
    ------
    OSError
        If a table cannot be read.
    ValueError
        If a row does not fit: an unknown form of code, a repeated key, too many decimals.
    """
    zip3_rows = read_zip3(directory)
    world = read_world_codes(directory)
    codes = table_arrays([*read_us_zips(directory), *world], "code_")
    areas = table_arrays([*us_areas(zip3_rows), *world_areas(world)], "area_")
    return {
        POSTAL_FILE: pack({**codes, **areas}),
        ZIP3_FILE: pack(zip3_arrays(zip3_rows)),
    }

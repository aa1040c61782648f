"""Turns rows into the arrays that the packaged files hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from routing.geo.postal_table import KEY_DTYPE, KEY_WIDTH
from routing.geo.recipe.sources import SourceRow, Zip3Row
from routing.geo.text_column import encode_texts

Arrays = dict[str, NDArray[np.generic]]


def table_arrays(rows: Iterable[SourceRow], prefix: str) -> Arrays:
    """Return the arrays of a `PostalTable`, their names starting with `prefix`.

    Raises
    ------
    ValueError
        If a key occurs twice or is too long.
    """
    ordered = sorted(rows, key=lambda row: row.key.country + row.key.code)
    keys = [row.key.country + row.key.code for row in ordered]
    _refuse_bad_keys(keys)
    tz, tz_rows = _distinct([row.tz for row in ordered])
    region, region_rows = _distinct([row.region for row in ordered])
    arrays: Arrays = {
        "keys": np.array([key.encode("ascii") for key in keys], dtype=KEY_DTYPE),
        "lat_udeg": np.array([row.lat_udeg for row in ordered], dtype="<i4"),
        "lng_udeg": np.array([row.lng_udeg for row in ordered], dtype="<i4"),
        "tz_row": np.array(tz_rows, dtype="u1"),
        "region_row": np.array(region_rows, dtype="<u2"),
        "tz": encode_texts(tz),
        "region": encode_texts(region),
        "place": encode_texts(row.place for row in ordered),
    }
    return {prefix + name: array for name, array in arrays.items()}


def zip3_arrays(rows: Iterable[Zip3Row]) -> Arrays:
    """Return the arrays that `routing.geo.zip3.load_zip3_table` reads."""
    ordered = sorted(rows, key=lambda row: row.area.key.code)
    return {
        "zip3": np.array([int(row.area.key.code) for row in ordered], dtype="<u2"),
        "lat_mean_udeg": np.array([row.area.lat_udeg for row in ordered], dtype="<i4"),
        "lng_mean_udeg": np.array([row.area.lng_udeg for row in ordered], dtype="<i4"),
        "lat_popw_udeg": np.array([row.lat_popw_udeg for row in ordered], dtype="<i4"),
        "lng_popw_udeg": np.array([row.lng_popw_udeg for row in ordered], dtype="<i4"),
        "population": np.array([row.population for row in ordered], dtype="<i4"),
    }


def _refuse_bad_keys(keys: Sequence[str]) -> None:
    too_long = [key for key in keys if len(key) > KEY_WIDTH]
    twice = [key for key, following in pairwise(keys) if key == following]
    if too_long or twice:
        raise ValueError(f"keys longer than {KEY_WIDTH}: {too_long}; keys that repeat: {twice}")


def _distinct(names: Sequence[str]) -> tuple[list[str], list[int]]:
    distinct = sorted(set(names))
    row_of = {name: row for row, name in enumerate(distinct)}
    return distinct, [row_of[name] for name in names]

"""The texts of the tables that ship with the package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from routing.rating.load import CARDS_FILE, RATES_FILE, SURCHARGES_FILE
from routing.rating.load_transit import TRANSIT_FILE
from routing.rating.load_zones import BANDS_FILE, EXCEPTIONS_FILE

RATE_TABLES: Final = (CARDS_FILE, RATES_FILE, SURCHARGES_FILE)
"""The dated example rate cards."""

OTHER_TABLES: Final = (BANDS_FILE, EXCEPTIONS_FILE, TRANSIT_FILE)
"""Zone schemes and transit days."""


@cache
def shipped_tables() -> Mapping[str, str]:
    """Return the text of every table by the name of its file; read once per process."""
    folder = files("routing.rating").joinpath("data")
    return MappingProxyType(
        {
            name: folder.joinpath(name).read_text(encoding="utf-8")
            for name in (*RATE_TABLES, *OTHER_TABLES)
        }
    )

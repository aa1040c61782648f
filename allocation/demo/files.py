"""The packaged example data, read as it is written."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

LOCATIONS_FILE: Final = "locations.json"
ITEMS_FILE: Final = "items.json"
STOCK_FILE: Final = "stock.json"
ORDERS_FILE: Final = "orders.json"


def demo_directory() -> Path:
    """Return the directory that holds the four files."""
    return Path(str(files("allocation.demo").joinpath("data")))


def demo_text(name: str) -> str:
    """Return the text of one file, for instance `ORDERS_FILE`."""
    return (demo_directory() / name).read_text(encoding="utf-8")

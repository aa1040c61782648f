"""Networks and stock from files: a directory, or one file with everything.

A directory may hold ``locations.json``, ``items.json`` and ``stock.json``, as ``shipfrom import``
writes them, and ``cartons.json``. A single file has the keys ``locations``, ``items``, ``stock``
and ``cartons`` instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from google.protobuf.message import Message

from allocation.cli.failure import CommandError, InvalidInputFileError
from allocation.cli.friendly import read_document, read_message
from allocation.demo.files import ITEMS_FILE, LOCATIONS_FILE, STOCK_FILE
from allocation.server.config.network_paths import CARTONS_FILE
from allocation.v1.allocation_service_pb2 import InlineNetwork
from allocation.v1.inline_stock_pb2 import InlineStock
from routing.errors import InvalidInputError
from routing.v1.network_service_pb2 import PutCartonsRequest, PutItemsRequest, PutLocationsRequest

M = TypeVar("M", bound=Message)

_PARTS: Final[Mapping[str, tuple[str, type[Message]]]] = {
    "locations": (LOCATIONS_FILE, PutLocationsRequest),
    "items": (ITEMS_FILE, PutItemsRequest),
    "stock": (STOCK_FILE, InlineStock),
    "cartons": (CARTONS_FILE, PutCartonsRequest),
}


@dataclass(frozen=True, slots=True)
class NetworkFiles:
    """Locations, items, stock levels and cartons; `stock` is ``None`` where there was none."""

    locations: PutLocationsRequest
    items: PutItemsRequest
    stock: InlineStock | None
    cartons: PutCartonsRequest

    @property
    def inline(self) -> InlineNetwork:
        """The network in the form that goes with a single call."""
        return InlineNetwork(
            locations=self.locations.locations,
            items=self.items.items,
            cartons=self.cartons.cartons,
        )

    @property
    def names(self) -> Mapping[str, str]:
        """What people call each location, by id."""
        return {each.id: each.name or each.id for each in self.locations.locations}


def read_network(path: Path) -> NetworkFiles:
    """Read a network from a directory or a file.

    Raises
    ------
    CommandError
        If there is nothing to read, or with every problem of all files.
    """
    found = dict(_documents(path))
    if "locations" not in found:
        wanted = LOCATIONS_FILE if path.is_dir() else "the key 'locations'"
        raise CommandError(f"{path}: has no locations; add {wanted}")
    problems: list[str] = []
    messages = {
        key: _message(name, document, _PARTS[key][1], problems)
        for key, (name, document) in found.items()
    }
    if problems:
        raise InvalidInputFileError(str(path), problems)
    locations, items, stock, cartons = (messages.get(key) for key in _PARTS)
    return NetworkFiles(
        locations=locations
        if isinstance(locations, PutLocationsRequest)
        else PutLocationsRequest(),
        items=items if isinstance(items, PutItemsRequest) else PutItemsRequest(),
        stock=stock if isinstance(stock, InlineStock) else None,
        cartons=cartons if isinstance(cartons, PutCartonsRequest) else PutCartonsRequest(),
    )


def read_stock(file: Path) -> InlineStock:
    """Read the levels of one file, shaped as ``stock.json``."""
    problems: list[str] = []
    stock = _message(str(file), read_document(file), InlineStock, problems)
    if stock is None:
        raise InvalidInputFileError(str(file), problems)
    return stock


def _documents(path: Path) -> Iterator[tuple[str, tuple[str, object]]]:
    if path.is_dir():
        for key, (name, _) in _PARTS.items():
            if (path / name).exists():
                yield key, (str(path / name), read_document(path / name))
        return
    document = read_document(path)
    if not isinstance(document, dict):
        raise CommandError(f"{path}: must be an object with the keys {', '.join(_PARTS)}")
    unknown = [key for key in document if key not in _PARTS]
    if unknown:
        raise CommandError(
            f"{path}: unknown key(s) {', '.join(unknown)}; known are {', '.join(_PARTS)}"
        )
    for key, value in document.items():
        # Both the bare list and the message that holds it are natural to write.
        holder = "items" if key == "stock" else key
        yield key, (f"{path}: {key}", {holder: value} if isinstance(value, list) else value)


def _message(name: str, document: object, message_type: type[M], problems: list[str]) -> M | None:
    try:
        return read_message(document, message_type)
    except InvalidInputError as error:
        problems += [f"{name}: {violation}" for violation in error.violations]
        return None

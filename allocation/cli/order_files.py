"""Orders from files: JSON, or the project's own CSV."""

from __future__ import annotations

from pathlib import Path

from allocation.cli.failure import CommandError, InvalidInputFileError
from allocation.cli.friendly import read_document, read_message
from allocation.cli.importers.plain_csv import import_plain_csv
from allocation.cli.importers.reading import Reading
from routing.errors import InvalidInputError
from routing.v1.order_pb2 import Order


def read_orders(file: Path) -> list[Order]:
    """Read every order of a file.

    Parameters
    ----------
    file
        ``.csv`` in the layout of ``shipfrom import csv --orders``; anything else is JSON: one
        order, a list of orders, or an object with the key ``orders``.

    Raises
    ------
    CommandError
        With every problem of the file, or when it holds no order.
    """
    orders = _from_csv(file) if file.suffix.casefold() == ".csv" else _from_json(file)
    if not orders:
        raise CommandError(f"{file}: holds no order")
    return orders


def _from_csv(file: Path) -> list[Order]:
    reading = Reading()
    orders = import_plain_csv(reading, orders=file).orders
    if reading.problems:
        raise InvalidInputFileError(str(file), map(str, reading.problems))
    return orders


def _from_json(file: Path) -> list[Order]:
    document = read_document(file)
    entries: list[tuple[str, object]]
    if isinstance(document, dict) and "orders" in document and "lines" not in document:
        held = document["orders"]
        extra = [key for key in document if key != "orders"]
        if extra or not isinstance(held, list):
            raise CommandError(f"{file}: must hold a list under 'orders' and no other key")
        entries = [(f"orders[{number}]", each) for number, each in enumerate(held)]
    elif isinstance(document, list):
        entries = [(f"[{number}]", each) for number, each in enumerate(document)]
    else:
        entries = [("", document)]
    orders, problems = [], []
    for path, value in entries:
        try:
            orders.append(read_message(value, Order, path))
        except InvalidInputError as error:
            problems += [f"{file}: {violation}" for violation in error.violations]
    if problems:
        raise InvalidInputFileError(str(file), problems)
    return orders

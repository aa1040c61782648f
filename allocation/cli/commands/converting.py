"""The end of every import: all is written, or sent, or nothing is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from allocation.cli.connection import connect
from allocation.cli.consoles import note, progress
from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.cli.importers.reading import Imported, Reading
from allocation.cli.importers.writing import documents, write_documents
from allocation.cli.network_calls import put_items, put_locations, set_levels
from routing.v1.network_service_pb2 import PutItemsRequest, PutLocationsRequest


def convert(
    read: Callable[[Reading], Imported],
    out: Path,
    server: str | None,
    *,
    force: bool,
    skip_bad_rows: bool,
) -> None:
    """Read, and write or send what was read.

    Parameters
    ----------
    read
        Reads the files of one export.
    out
        Where files go when there is no server.
    server
        ``host:port`` to send to, or ``None``.
    force
        Whether files may be overwritten.
    skip_bad_rows
        Whether the good rows are used although others have problems.

    Raises
    ------
    CommandError
        With every problem of the files; nothing was written or sent then.
    typer.Exit
        If rows were skipped.
    """
    with progress("reading", None) as advance:
        reading = Reading(advance)
        imported = read(reading)
    for text in reading.notes:
        note(f"note: {text}")
    if reading.problems and not skip_bad_rows:
        raise CommandError(
            f"{len(reading.problems)} problem(s); nothing was written "
            "(--skip-bad-rows uses the rest)",
            details=map(str, reading.problems),
        )
    for problem in reading.problems:
        note(f"skipped: {problem}")
    if server is None:
        _write(imported, out, force=force)
    else:
        _send(imported, server)
    if reading.problems:
        raise typer.Exit(ExitCode.INCOMPLETE)


def _write(imported: Imported, out: Path, *, force: bool) -> None:
    texts = documents(imported)
    if not texts:
        raise CommandError("there is nothing in it to write")
    for path in write_documents(texts, out, force=force):
        typer.echo(f"wrote {path}: {_count(imported, path.name)}")


def _count(imported: Imported, name: str) -> str:
    counts = {
        "locations.json": f"{len(imported.locations)} location(s)",
        "items.json": f"{len(imported.items)} item(s)",
        "stock.json": f"{imported.levels} level(s) of {len(imported.stock.items)} item(s)",
        "orders.json": f"{len(imported.orders)} order(s)",
    }
    return counts[name]


def _send(imported: Imported, server: str) -> None:
    with connect(server) as connection:
        if imported.locations:
            put_locations(connection, PutLocationsRequest(locations=imported.locations))
            typer.echo(f"sent {len(imported.locations)} location(s) to {server}")
        if imported.items:
            with progress("sending items", len(imported.items)) as advance:
                put_items(connection, PutItemsRequest(items=imported.items), advance)
            typer.echo(f"sent {len(imported.items)} item(s) to {server}")
        if imported.levels:
            typer.echo(f"sent {set_levels(connection, imported.stock)} level(s) to {server}")

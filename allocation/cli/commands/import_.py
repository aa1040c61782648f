"""The commands of ``shipfrom import``: exports become ShipFrom's files, or go to a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from allocation.cli.commands import flags
from allocation.cli.connection import connect
from allocation.cli.consoles import note, progress
from allocation.cli.exit_codes import ExitCode, epilog
from allocation.cli.failure import CommandError
from allocation.cli.groups import CommandGroup
from allocation.cli.importers.medusa import import_medusa
from allocation.cli.importers.plain_csv import COLUMNS, import_plain_csv
from allocation.cli.importers.reading import Imported, Reading
from allocation.cli.importers.shopify_inventory import import_shopify_inventory
from allocation.cli.importers.shopify_orders import import_shopify_orders
from allocation.cli.importers.shopify_products import import_shopify_products
from allocation.cli.importers.writing import documents, write_documents
from allocation.cli.network_calls import put_items, put_locations, set_levels
from allocation.cli.network_files import read_network
from routing.v1.network_service_pb2 import PutItemsRequest, PutLocationsRequest

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Convert exports of other systems to ShipFrom's JSON files, or send them to a server.",
)

ExportFile = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="The export.")
]
OutDirectory = Annotated[
    Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Where the files go.")
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite files that are there.")]
SkipBadRows = Annotated[
    bool,
    typer.Option(
        "--skip-bad-rows",
        help="Use the good rows although others have problems; the exit code is then 1.",
    ),
]
OUT = Path("network")


@app.command("shopify-inventory", epilog=epilog())
def shopify_inventory(
    file: ExportFile,
    locations: Annotated[
        Path | None,
        typer.Option(
            "--locations",
            metavar="DIR|FILE",
            exists=True,
            help="Known locations (a network directory or JSON file); the export's names are "
            "matched with theirs. Without it, locations without addresses are written.",
        ),
    ] = None,
    out: OutDirectory = OUT,
    server: flags.Server = None,
    force: Force = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Read Shopify's inventory export: locations and stock levels."""
    known = None
    if locations is not None:
        names = read_network(locations).names
        known = {name: location_id for location_id, name in names.items()}
    _convert(
        lambda reading: import_shopify_inventory(file, reading, known),
        out,
        server,
        force=force,
        skip_bad_rows=skip_bad_rows,
    )


@app.command("shopify-orders", epilog=epilog())
def shopify_orders(
    file: ExportFile,
    open_only: Annotated[
        bool, typer.Option("--open-only", help="Leave out what is cancelled or fulfilled.")
    ] = False,
    out: OutDirectory = OUT,
    force: Force = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Read Shopify's order export, to plan or to backtest; no personal data is carried over."""
    _convert(
        lambda reading: import_shopify_orders(file, reading, open_only=open_only),
        out,
        None,
        force=force,
        skip_bad_rows=skip_bad_rows,
    )


@app.command("shopify-products", epilog=epilog())
def shopify_products(
    file: ExportFile,
    out: OutDirectory = OUT,
    server: flags.Server = None,
    force: Force = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Read Shopify's product export, old or new headers: items with their weights."""
    _convert(
        lambda reading: import_shopify_products(file, reading),
        out,
        server,
        force=force,
        skip_bad_rows=skip_bad_rows,
    )


@app.command("medusa", epilog=epilog())
def medusa(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            exists=True,
            help="JSON as Medusa v2's admin API answers (products with variants and their "
            "inventory_items, inventory_items with location_levels, inventory_levels, "
            "stock_locations), product CSV, or directories of them.",
        ),
    ],
    length_unit: Annotated[
        str | None,
        typer.Option("--length-unit", metavar="mm|cm|m|in", help="The store's unit of length."),
    ] = None,
    out: OutDirectory = OUT,
    server: flags.Server = None,
    force: Force = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Read a Medusa v2 store: items, kits, locations and stock levels."""
    _convert(
        lambda reading: import_medusa(paths, reading, length_unit),
        out,
        server,
        force=force,
        skip_bad_rows=skip_bad_rows,
    )


def _csv_help() -> str:
    lines = ["Read ShipFrom's own CSV tables.", "", "\b", "Columns, those in capitals are needed:"]
    for name, layout in COLUMNS.items():
        needed = " ".join(column.upper() for column in layout.required)
        lines.append(f"  {name}: {needed}")
        lines += [
            f"    {' '.join(layout.optional[start : start + 7])}"
            for start in range(0, len(layout.optional), 7)
        ]

    return "\n".join(lines)


def _table_option(name: str) -> object:
    return typer.Option(
        f"--{name}", metavar="FILE", exists=True, dir_okay=False, help=f"A table of {name}."
    )


@app.command("csv", epilog=epilog(), help=_csv_help())
def plain_csv(
    locations: Annotated[Path | None, _table_option("locations")] = None,
    items: Annotated[Path | None, _table_option("items")] = None,
    levels: Annotated[Path | None, _table_option("levels")] = None,
    orders: Annotated[Path | None, _table_option("orders")] = None,
    out: OutDirectory = OUT,
    server: flags.Server = None,
    force: Force = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Read ShipFrom's own CSV tables."""
    if not any((locations, items, levels, orders)):
        raise CommandError("give --locations, --items, --levels or --orders", ExitCode.USAGE)
    if orders and server:
        raise CommandError("orders are not kept by a server; use --out", ExitCode.USAGE)
    _convert(
        lambda reading: import_plain_csv(
            reading, locations=locations, items=items, levels=levels, orders=orders
        ),
        out,
        server,
        force=force,
        skip_bad_rows=skip_bad_rows,
    )


def _convert(
    read: Callable[[Reading], Imported],
    out: Path,
    server: str | None,
    *,
    force: bool,
    skip_bad_rows: bool,
) -> None:
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
    with connect(server) as connection, progress("sending", 3) as advance:
        put_locations(connection, PutLocationsRequest(locations=imported.locations))
        advance()
        put_items(connection, PutItemsRequest(items=imported.items))
        advance()
        accepted = set_levels(connection, imported.stock) if imported.levels else 0
        advance()
    typer.echo(
        f"sent to {server}: {len(imported.locations)} location(s), "
        f"{len(imported.items)} item(s), {accepted} level(s)"
    )

"""The commands of ``shipfrom import``: exports become ShipFrom's files, or go to a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocation.cli.commands.converting import convert
from allocation.cli.exit_codes import ExitCode, epilog
from allocation.cli.failure import CommandError
from allocation.cli.groups import CommandGroup
from allocation.cli.importers.medusa import import_medusa
from allocation.cli.importers.plain_csv import COLUMNS, import_plain_csv
from allocation.cli.importers.rate_tables import import_rate_tables, rate_card_documents
from allocation.cli.importers.shopify_inventory import import_shopify_inventory
from allocation.cli.importers.shopify_orders import import_shopify_orders
from allocation.cli.importers.shopify_products import import_shopify_products
from allocation.cli.importers.writing import write_documents
from allocation.cli.network_files import read_network

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
SendTo = Annotated[
    str | None,
    typer.Option(
        "--server", metavar="HOST:PORT", help="Send to this server instead of writing files."
    ),
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
    server: SendTo = None,
    force: Force = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Read Shopify's inventory export: locations and stock levels."""
    known = None
    if locations is not None:
        names = read_network(locations).names
        known = {name: location_id for location_id, name in names.items()}
    convert(
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
    convert(
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
    server: SendTo = None,
    force: Force = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Read Shopify's product export, old or new headers: items with their weights."""
    convert(
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
    server: SendTo = None,
    force: Force = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Read a Medusa v2 store: items, kits, locations and stock levels."""
    convert(
        lambda reading: import_medusa(paths, reading, length_unit),
        out,
        server,
        force=force,
        skip_bad_rows=skip_bad_rows,
    )


@app.command("rate-cards", epilog=epilog())
def rate_cards(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Tables, CSV or Parquet: cards and rates, and what there is of surcharges, areas, "
            "zones and transit_days.",
        ),
    ],
    out: OutDirectory = OUT,
    force: Force = False,
) -> None:
    """Read tables of rate cards: a rate_cards.json that servers load."""
    found = import_rate_tables(directory)
    for path in write_documents(rate_card_documents(found), out, force=force):
        typer.echo(
            f"wrote {path}: {len(found.rate_cards)} rate card(s), {len(found.zone_charts)} zone "
            f"chart(s), {len(found.transit_tables)} transit table(s)"
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
    server: SendTo = None,
    force: Force = False,
    skip_bad_rows: SkipBadRows = False,
) -> None:
    """Read ShipFrom's own CSV tables."""
    if not any((locations, items, levels, orders)):
        raise CommandError("give --locations, --items, --levels or --orders", ExitCode.USAGE)
    if orders and server:
        raise CommandError("orders are not kept by a server; use --out", ExitCode.USAGE)
    convert(
        lambda reading: import_plain_csv(
            reading, locations=locations, items=items, levels=levels, orders=orders
        ),
        out,
        server,
        force=force,
        skip_bad_rows=skip_bad_rows,
    )

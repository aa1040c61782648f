"""Flags that several commands share, with their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocation.cli.output.answer import Format
from allocation.cli.server_variable import SERVER_VARIABLE

OrderFile = Annotated[
    Path,
    typer.Argument(
        metavar="ORDER_FILE",
        exists=True,
        dir_okay=False,
        help="One or more orders: .json, or .csv with one row per line.",
    ),
]
Server = Annotated[
    str | None,
    typer.Option(
        "--server",
        envvar=SERVER_VARIABLE,
        metavar="HOST:PORT",
        help="A running server. Without it, one is started inside this command.",
    ),
]
NetworkPath = Annotated[
    Path | None,
    typer.Option(
        "--network",
        metavar="DIR|FILE",
        exists=True,
        help="Locations, items and stock: a directory as `shipfrom import` writes it, or one "
        "JSON file. Default: the server's own; without a server, the example network.",
    ),
]
StockFile = Annotated[
    Path | None,
    typer.Option(
        "--stock",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Stock levels, as in stock.json. Default: the network's, else the server's ledger.",
    ),
]
OutputFormat = Annotated[
    Format, typer.Option("--format", "-f", help="How the answer is shown on stdout.")
]
RuleSet = Annotated[
    str,
    typer.Option(
        "--rule-set", metavar="NAME", help="A revision, or preset:NAME. Default: the active one."
    ),
]
MaxShipments = Annotated[
    int, typer.Option("--max-shipments", min=0, help="Most shipments; 0 for no limit.")
]
SplitLines = Annotated[
    bool | None,
    typer.Option(
        "--split-lines/--whole-lines",
        help="Whether one line's units may leave several locations. Default: as the rules say.",
    ),
]
ShipComplete = Annotated[bool, typer.Option("--ship-complete", help="Everything or nothing.")]
WhyNot = Annotated[
    list[str] | None,
    typer.Option(
        "--why-not",
        metavar="LOCATION",
        help="Say what the best plan with this location would cost, or why there is none. "
        "Repeatable; it explains the rest, too.",
    ),
]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="Deadline of each call.")
]

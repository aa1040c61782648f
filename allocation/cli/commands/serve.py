"""The command that runs the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from allocation.cli.data_directory import default_store
from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.cli.network_files import RATE_CARDS_FILE
from allocation.demo.files import ITEMS_FILE, LOCATIONS_FILE
from allocation.server.server import run
from allocation.server.settings import ServerSettings, default_threads
from routing.errors import InvalidInputError

_DEFAULTS: Final = ServerSettings()

Files = list[Path] | None


def serve(
    host: Annotated[
        str, typer.Option(envvar="SHIPFROM_HOST", help="Interface to listen on.")
    ] = _DEFAULTS.host,
    port: Annotated[
        int, typer.Option(envvar="SHIPFROM_PORT", help="0 takes a free one; the log names it.")
    ] = _DEFAULTS.port,
    network: Annotated[
        Files,
        typer.Option(
            metavar="DIR|FILE",
            exists=True,
            help="Locations, items and rate cards to start with: a directory with "
            f"{LOCATIONS_FILE}, {ITEMS_FILE} and {RATE_CARDS_FILE}, or one JSON file with the "
            "keys locations, items, rate_cards, zone_charts. Repeatable.",
        ),
    ] = None,
    items: Annotated[
        Files, typer.Option(metavar="FILE", exists=True, dir_okay=False, help="More items.")
    ] = None,
    rate_cards: Annotated[
        Files,
        typer.Option(metavar="FILE", exists=True, dir_okay=False, help="Rate cards, zone charts."),
    ] = None,
    shipped_rates: Annotated[
        bool, typer.Option(help="Load the dated example rate cards of US carriers.")
    ] = _DEFAULTS.shipped_rates,
    store: Annotated[
        str | None,
        typer.Option(
            envvar="SHIPFROM_STORE",
            metavar="ADDRESS",
            help="Where levels, holds and plans are kept: sqlite:///path/to/file, "
            "postgresql://user@host/database, or memory for nothing that lasts. Default: "
            "a SQLite file in the data directory.",
        ),
    ] = None,
    threads: Annotated[
        int, typer.Option(envvar="SHIPFROM_THREADS", show_default=False, help="Planning threads.")
    ] = default_threads(),
    queue: Annotated[
        int, typer.Option(help="Planning calls that may wait; more are refused.")
    ] = _DEFAULTS.queue,
    share_port: Annotated[
        bool, typer.Option("--share-port", help="Let several processes listen on the port.")
    ] = _DEFAULTS.share_port,
    reflection: Annotated[
        bool, typer.Option(help="Let clients ask for the contract.")
    ] = _DEFAULTS.reflection,
    grace: Annotated[
        float, typer.Option(metavar="SECONDS", help="Time for running calls at the end.")
    ] = _DEFAULTS.grace_s,
    log_level: Annotated[
        str, typer.Option(envvar="SHIPFROM_LOG_LEVEL", help="DEBUG, INFO, WARNING or ERROR.")
    ] = _DEFAULTS.log_level,
) -> None:
    """Run the gRPC server until SIGTERM or Ctrl-C; running calls may finish.

    The log goes to stderr, one JSON object per line; "ready" says where it listens.
    """
    try:
        settings = ServerSettings(
            host=host,
            port=port,
            share_port=share_port,
            threads=threads,
            queue=queue,
            network_files=(
                *(rate_cards or ()),
                *(file for path in network or () for file in _files(path)),
                *(items or ()),
            ),
            shipped_rates=shipped_rates,
            store=default_store() if store is None else store,
            reflection=reflection,
            grace_s=grace,
            log_level=log_level.upper(),
        )
    except InvalidInputError as error:
        details = [str(violation) for violation in error.violations]
        raise CommandError("the server cannot run like this", ExitCode.USAGE, details) from error
    if run(settings) != 0:
        raise typer.Exit(ExitCode.INVALID_INPUT)


def _files(path: Path) -> Sequence[Path]:
    return list(_files_of_directory(path)) if path.is_dir() else [path]


def _files_of_directory(directory: Path) -> Iterator[Path]:
    # Rate cards first: locations may refer to their carrier services.
    present = [
        directory / name
        for name in (RATE_CARDS_FILE, LOCATIONS_FILE, ITEMS_FILE)
        if (directory / name).exists()
    ]
    if not present:
        raise CommandError(f"{directory}: holds no {LOCATIONS_FILE} and no {ITEMS_FILE}")
    yield from present

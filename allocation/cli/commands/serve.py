"""The command that runs the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer

from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.cli.server_settings import Assignments, Config, load_settings
from allocation.demo.files import ITEMS_FILE, LOCATIONS_FILE
from allocation.server.config.network_paths import CARTONS_FILE, RATE_CARDS_FILE
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError

LoadSettings = Callable[[], ServerSettings]

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "host": ("--host",),
        "port": ("--port",),
        "network_files": ("--network", "--items", "--rate-cards"),
        "shipped_rates": ("--shipped-rates",),
        "store": ("--store",),
        "workers": ("--workers",),
        "threads": ("--threads",),
        "queue": ("--queue",),
        "share_port": ("--share-port",),
        "reflection": ("--reflection",),
        "grace_s": ("--grace",),
        "log_level": ("--log-level",),
    }
)
"""Settings with options of their own; ``--set`` reaches all of them."""

Files = list[Path] | None


def serve(
    config: Config = None,
    host: Annotated[str | None, typer.Option(help="Interface to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="0 takes a free one; the log names it.")] = None,
    network: Annotated[
        Files,
        typer.Option(
            metavar="DIR|FILE",
            exists=True,
            help="Locations, items, cartons and rate cards to start with: a directory with "
            f"{LOCATIONS_FILE}, {ITEMS_FILE}, {CARTONS_FILE} and {RATE_CARDS_FILE}, or one JSON "
            "file with the keys locations, items, cartons, rate_cards, zone_charts. Repeatable.",
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
        bool | None, typer.Option(help="Load the dated example rate cards of US carriers.")
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Where levels, holds and plans are kept: sqlite:///path/to/file, "
            "postgresql://user@host/database, or memory for nothing that lasts. Default: "
            "a SQLite file in the data directory.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes that serve the port; 0 serves in this process."),
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Planning threads.")] = None,
    queue: Annotated[
        int | None, typer.Option(help="Planning calls that may wait; more are refused.")
    ] = None,
    share_port: Annotated[
        bool | None, typer.Option("--share-port", help="Let several processes listen on the port.")
    ] = None,
    reflection: Annotated[
        bool | None, typer.Option(help="Let clients ask for the contract.")
    ] = None,
    grace: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Time for running calls at the end.")
    ] = None,
    log_level: Annotated[str | None, typer.Option(help="DEBUG, INFO, WARNING or ERROR.")] = None,
    assignments: Assignments = None,
) -> None:
    """Run the gRPC server until SIGTERM or Ctrl-C; running calls may finish.

    Options win over variables, variables over the settings file. The log goes to stderr,
    one JSON object per line; "ready" says where it listens. With --workers, SIGHUP reads the
    settings again and replaces one process after the other.
    """
    files = (*(rate_cards or ()), *(network or ()), *(items or ()))
    said: dict[str, Any] = {
        "host": host,
        "port": port,
        "network_files": files or None,
        "shipped_rates": shipped_rates,
        "store": store,
        "workers": workers,
        "threads": threads,
        "queue": queue,
        "share_port": share_port,
        "reflection": reflection,
        "grace_s": grace,
        "log_level": log_level,
    }
    options = {name: (OPTIONS[name][0], value) for name, value in said.items() if value is not None}
    settings = load_settings(config, assignments, options).settings

    def again() -> ServerSettings:
        try:
            return load_settings(config, assignments, options).settings
        except CommandError as error:
            raise StartError(error.text()) from error

    if (_run_workers(again) if settings.workers else _run_here(settings)) != 0:
        raise typer.Exit(ExitCode.INVALID_INPUT)


def _run_workers(again: LoadSettings) -> int:
    from allocation.server.processes.supervisor import run_supervised  # noqa: PLC0415

    return run_supervised(again)


def _run_here(settings: ServerSettings) -> int:
    # Workers import the server themselves: to do it here as well would make them start later.
    from allocation.server.server import run  # noqa: PLC0415

    return run(settings)

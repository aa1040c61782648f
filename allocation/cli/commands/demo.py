"""The command that shows what ShipFrom does, on data that comes with it."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from allocation.cli.connection import connect
from allocation.cli.consoles import answers, note, progress
from allocation.cli.network_calls import put_items, put_locations
from allocation.cli.showcase.example import read_example
from allocation.cli.showcase.report import closing_lines, plan_lines, summary_table
from allocation.cli.showcase.run import run_example
from allocation.demo.baskets import COUNT


def demo(
    orders: Annotated[
        int, typer.Option("--orders", min=1, max=COUNT, help="How many example orders to plan.")
    ] = 200,
) -> None:
    """Plan example orders over gRPC and compare the plans with simpler policies.

    Starts a server on a free local port, gives it ten locations and sixty items, plans each
    order, lets the server price what three simple policies would choose for the same order, and
    shows some plans and one table.
    """
    started = time.perf_counter()
    example = read_example(orders)
    with connect(None) as connection:
        note(f"a server listens on {connection.target}")
        put_locations(connection, example.files.locations)
        put_items(connection, example.files.items)
        with progress("planning", len(example.orders)) as advance:
            outcomes = run_example(connection, example, advance)
    typer.echo("\n".join(plan_lines(outcomes, example)))
    answers().print(summary_table(outcomes))
    typer.echo("\n".join(closing_lines(outcomes)))
    note(f"done in {time.perf_counter() - started:.1f} s")

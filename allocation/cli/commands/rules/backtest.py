"""The command that shows what a rule set would have done to past orders."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from allocation.backtest.case import BacktestCase
from allocation.backtest.differences import explained
from allocation.backtest.document import backtest_document
from allocation.backtest.report.page import report_html
from allocation.backtest.run import BacktestResult, run_backtest
from allocation.backtest.summary import BacktestSummary, summarize
from allocation.cli.backtest_input import backtest_case, currency_of, network_state
from allocation.cli.commands import flags
from allocation.cli.consoles import answers, progress
from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.cli.order_files import read_orders
from allocation.cli.output.backtest_table import backtest_table
from allocation.cli.rule_sources import rule_reader
from allocation.demo.files import ORDERS_FILE, demo_directory
from routing.rules import RuleSet


class ReportFormat(StrEnum):
    """How a backtest is shown."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"


def backtest(
    rules: Annotated[
        list[str],
        typer.Option(
            "--rules",
            metavar="FILE|NAME",
            help="A rule set: a file, preset:NAME, or with --server a revision or 'active'. Give "
            "it several times; the others are compared with the first.",
        ),
    ],
    orders: Annotated[
        Path | None,
        typer.Option(
            "--orders",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Past orders: .json, or .csv with one row per line. Default: the example's.",
        ),
    ] = None,
    network: flags.NetworkPath = None,
    stock: Annotated[
        Path | None,
        typer.Option(
            "--stock",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Levels before the first order, as in stock.json. Default: the network's.",
        ),
    ] = None,
    actual: Annotated[
        Path | None,
        typer.Option(
            "--actual",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="What was really shipped: .csv with order_id, line_id, location_id and, for "
            "parts of lines, quantity. Its cost is compared with each rule set's.",
        ),
    ] = None,
    server: flags.Server = None,
    form: Annotated[
        ReportFormat, typer.Option("--format", "-f", help="How the result is shown.")
    ] = ReportFormat.TABLE,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", dir_okay=False, help="Where to. Default: stdout."),
    ] = None,
    explain: Annotated[
        int,
        typer.Option("--explain", min=0, help="How many differing orders to give reasons for."),
    ] = 20,
    processes: Annotated[
        int,
        typer.Option(
            "--processes", min=1, max=256, show_default="all cores", help="How many plan at a time."
        ),
    ] = os.cpu_count() or 1,
    budget: Annotated[
        float,
        typer.Option("--budget", metavar="SECONDS", min=0.01, max=60, help="Most time per search."),
    ] = 1.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the intervals.")] = 1,
    fresh_stock: Annotated[
        bool,
        typer.Option("--fresh-stock", help="Let every order meet all of the stock: none is taken."),
    ] = False,
    skip_bad_orders: Annotated[
        bool,
        typer.Option("--skip-bad-orders", help="Use the good orders although others are not."),
    ] = False,
    shipped_rates: Annotated[
        bool, typer.Option(help="Load the dated example rate cards of US carriers.")
    ] = True,
) -> None:
    """Plan past orders under several rule sets and compare what comes of it.

    Each rule set starts with the same stock, and every order takes its part of it unless
    --fresh-stock is given. Nothing is stored or reserved, and no running server plans anything.
    """
    with rule_reader(server) as reader:
        compiled = [reader.read(name).compiled() for name in rules]
    _refuse_twice(compiled)
    where = network_state(network or demo_directory(), shipped_rates=shipped_rates)
    currency = currency_of(where[0])
    messages = read_orders(orders or demo_directory() / ORDERS_FILE)
    with progress("reading", len(messages)) as advance:
        case = backtest_case(
            messages,
            where,
            stock,
            actual,
            compiled,
            budget,
            uses_up_stock=not fresh_stock,
            skip_bad_orders=skip_bad_orders,
            advance=advance,
        )
    result, summary = _run(case, processes, seed, explain)
    _show(result, summary, currency, form, out)


def _refuse_twice(rule_sets: Sequence[RuleSet]) -> None:
    names = [each.name for each in rule_sets]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CommandError(f"--rules names {', '.join(twice)} twice", ExitCode.USAGE)


def _run(
    case: BacktestCase, processes: int, seed: int, explain: int
) -> tuple[BacktestResult, BacktestSummary]:
    plans = len(case.orders) * len(case.contenders)
    with progress("planning", plans) as advance:
        result = run_backtest(case, processes, advance)
    summary = summarize(result, seed)
    told = summary.differing[:explain]
    with progress("explaining", len(told) * len(case.contenders)) as advance:
        reasons = explained(result, told, processes, advance)
    return result, replace(summary, differing=(*reasons, *summary.differing[explain:]))


def _show(
    result: BacktestResult,
    summary: BacktestSummary,
    currency: str,
    form: ReportFormat,
    out: Path | None,
) -> None:
    if form is ReportFormat.TABLE and out is None:
        answers().print(backtest_table(summary, currency))
        return
    text = _text(result, summary, currency, form)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{out}: cannot be written: {error.strerror}") from error
    typer.echo(f"wrote {out}")


def _text(
    result: BacktestResult, summary: BacktestSummary, currency: str, form: ReportFormat
) -> str:
    match form:
        case ReportFormat.JSON:
            return json.dumps(backtest_document(result, summary, currency), indent=1) + "\n"
        case ReportFormat.HTML:
            return report_html(result, summary, currency)
        case ReportFormat.TABLE:
            console = answers()
            with console.capture() as captured:
                console.print(backtest_table(summary, currency))
            return captured.get()

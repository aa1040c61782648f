"""The command that checks a rule set and runs its cases."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from allocation.cli.backtest_input import network_state
from allocation.cli.exit_codes import ExitCode
from allocation.cli.output.rule_report import RuleReport, report_json, report_text
from allocation.cli.text_files import text_of
from allocation.engine import Engine
from allocation.rule_cases.check import CasesReport, check_cases
from routing.network import Network
from routing.rules.checking import check_rule_set

CASES_SUFFIX = ".cases.yaml"


class CheckFormat(StrEnum):
    """How findings are shown."""

    TEXT = "text"
    JSON = "json"


def check(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, help="The rule set: a YAML file."
        ),
    ],
    cases: Annotated[
        Path | None,
        typer.Option(
            "--cases",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Its cases. Default: NAME.cases.yaml beside NAME.yaml, if there is one.",
        ),
    ] = None,
    network: Annotated[
        Path | None,
        typer.Option(
            "--network",
            metavar="DIR|FILE",
            exists=True,
            help="Also find what does not fit these locations and items; cases without a network "
            "of their own use it.",
        ),
    ] = None,
    form: Annotated[
        CheckFormat, typer.Option("--format", "-f", help="How findings are shown on stdout.")
    ] = CheckFormat.TEXT,
    strict: Annotated[
        bool, typer.Option("--strict", help="Let warnings fail the check, too.")
    ] = False,
) -> None:
    """Find everything that is wrong with a rule set, and run its cases.

    Each finding stands on a line as file:line:column. Errors end with exit code 3; a case that
    fails, and with --strict a warning, with 1.
    """
    where = None if network is None else network_state(network, shipped_rates=True)[0].network
    report = _report(file, cases or _beside(file), where)
    typer.echo(report_json(report) if form is CheckFormat.JSON else report_text(report))
    if report.errors:
        raise typer.Exit(ExitCode.INVALID_INPUT)
    if report.failed or (strict and report.warnings):
        raise typer.Exit(ExitCode.INCOMPLETE)


def _report(file: Path, cases: Path | None, network: Network | None) -> RuleReport:
    today = datetime.now(UTC).date()
    rule_set, findings = check_rule_set(text_of(file), file.name, network=network, today=today)
    if rule_set is None or cases is None:
        return RuleReport(str(file), findings)
    engine = Engine(clock=time.monotonic)
    found: CasesReport = check_cases(rule_set, text_of(cases), network, engine)
    return RuleReport(str(file), findings, str(cases), found)


def _beside(file: Path) -> Path | None:
    cases = file.with_name(f"{file.stem}{CASES_SUFFIX}")
    return cases if cases.exists() else None

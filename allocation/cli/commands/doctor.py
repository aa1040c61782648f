"""The command that looks at everything a server needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import typer

from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.cli.output.answer import write_json
from allocation.cli.server_settings import Assignments, Config, hints, load_settings
from allocation.server.config.masking import masked
from allocation.server.doctor.checks import examine
from allocation.server.doctor.finding import Finding, Severity
from allocation.server.doctor.patient import Patient
from allocation.server.doctor.security import settings_file

_WIDTH = max(len(each.value) for each in Severity)


def doctor(
    config: Config = None,
    assignments: Assignments = None,
    deep: Annotated[
        bool,
        typer.Option(
            "--deep", help="Read the whole store, too: is the file sound, do levels add up?"
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of lines.")
    ] = False,
) -> None:
    """Look at everything a server needs, running or not, and tell all that is wrong at once.

    Reads settings as serve does, then looks at packages, certificates, tokens, disk, memory,
    clock, port, store, holds, feeds, rules and network. Changes nothing. Exit code 0 if all
    is well, 1 if there are only warnings, 3 if a server would not start or not do its work.
    """
    findings = tuple(_findings(config, assignments, deep=deep))
    counts = Counter(each.severity for each in findings)
    if as_json:
        write_json(_document(findings, counts))
    else:
        for line in _lines(findings, counts):
            typer.echo(line)
    if counts[Severity.ERROR]:
        raise typer.Exit(ExitCode.INVALID_INPUT)
    if counts[Severity.WARNING]:
        raise typer.Exit(ExitCode.INCOMPLETE)


def _findings(config: Any, assignments: Sequence[str] | None, *, deep: bool) -> Iterator[Finding]:
    for hint in hints():
        yield Finding("settings", Severity.NOTE, hint)
    try:
        loaded = load_settings(config, assignments)
    except CommandError as error:
        for problem in error.details or (error.message,):
            yield Finding("settings", Severity.ERROR, problem)
        return
    settings = loaded.settings
    yield Finding("settings", Severity.OK, f"can be used; store {masked(settings.store)}")
    if config is not None and loaded.origins["store"].startswith("file "):
        yield from settings_file(config, settings)
    yield from examine(Patient(settings, deep=deep))


def _document(findings: Iterable[Finding], counts: Counter[Severity]) -> dict[str, Any]:
    return {
        "healthy": not counts[Severity.ERROR] and not counts[Severity.WARNING],
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "findings": [
            {
                "check": each.check,
                "severity": each.severity.value,
                "message": each.message,
                "way_out": each.way_out,
            }
            for each in findings
        ],
    }


def _lines(findings: Sequence[Finding], counts: Counter[Severity]) -> Iterator[str]:
    for each in findings:
        yield f"{each.severity.value:<{_WIDTH}}  {each.check}: {each.message}"
        if each.way_out:
            yield f"{'':<{_WIDTH}}  -> {each.way_out}"
    yield f"{counts[Severity.ERROR]} error(s), {counts[Severity.WARNING]} warning(s)"

"""The command that writes the JSON Schema of rule set files, for editors."""

from __future__ import annotations

from typing import Annotated

import typer

from allocation.rule_cases.json_schema import cases_schema, rules_schema


def schema(
    cases: Annotated[bool, typer.Option("--cases", help="The schema of cases files.")] = False,
) -> None:
    """Write the JSON Schema of rule set files to stdout.

    Editors that know it complete keys and underline mistakes. The check knows more.
    """
    typer.echo(cases_schema() if cases else rules_schema(), nl=False)

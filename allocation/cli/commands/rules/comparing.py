"""The command that says what differs between two rule sets."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from allocation.cli.commands.rules.rule_flags import AnyRules, OptionalServer
from allocation.cli.rule_sources import rule_reader
from routing.rules.changes import PolicyChange, policy_changes


class DiffFormat(StrEnum):
    """How differences are shown."""

    SENTENCES = "sentences"
    JSON = "json"


def diff(
    old: AnyRules,
    new: AnyRules,
    form: Annotated[
        DiffFormat, typer.Option("--format", "-f", help="How the differences are shown.")
    ] = DiffFormat.SENTENCES,
    server: OptionalServer = None,
) -> None:
    """Say what differs between two rule sets: knobs and rules, not lines of text."""
    with rule_reader(server) as reader:
        before, after = reader.read(old).compiled().file, reader.read(new).compiled().file
    changes = policy_changes(before, after)
    if form is DiffFormat.JSON:
        typer.echo(json.dumps([_document(each) for each in changes], indent=1))
    else:
        told = [each.sentence() for each in changes]
        typer.echo("\n".join(told or ["the policy is the same"]))


def _document(change: PolicyChange) -> dict[str, str | None]:
    return {
        "kind": change.kind.value,
        "path": change.path,
        "what": change.what,
        "old": change.old,
        "new": change.new,
    }

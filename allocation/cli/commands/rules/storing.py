"""The commands that put, activate and list rule sets in a server's store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocation.cli.commands.rules.rule_flags import (
    DEFAULT_SERVER,
    AnyRules,
    Author,
    Comment,
    OptionalServer,
    RuleName,
    StoreServer,
    author_of,
)
from allocation.cli.connection import Connection, connect
from allocation.cli.consoles import answers, note
from allocation.cli.failure import CommandError
from allocation.cli.output.rule_tables import activation_table, rule_table, state_word
from allocation.cli.rule_sources import RuleSource, rule_reader
from allocation.rule_store.stored import revision_of
from allocation.v1 import rule_service_pb2 as pb
from routing.rules.presets import NAMES, PREFIX, presets
from routing.v1 import rule_set_pb2


def put(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="The rule set.")
    ],
    comment: Comment = "",
    author: Author = None,
    check_only: Annotated[
        bool, typer.Option("--check-only", help="Let the server check it and store nothing.")
    ] = False,
    server: StoreServer = DEFAULT_SERVER,
) -> None:
    """Store a rule set as a draft, which decides nothing until it is activated.

    The same file is always the same revision, however often it is put.
    """
    text = _checked(file)
    request = pb.PutRulesRequest(
        yaml=text, author=author_of(author), comment=comment, validate_only=check_only
    )
    with connect(server) as connection:
        answer = connection.rules.PutRules(request)
    for each in answer.findings:
        note(f"{file}:{each.line}:{each.column}: warning: {each.message}")
    if check_only:
        typer.echo(f"{file}: could be stored")
    else:
        typer.echo(f"{answer.rule_set.revision}: {state_word(answer.rule_set)}")


def activate(
    name: RuleName,
    comment: Comment = "",
    author: Author = None,
    etag: Annotated[
        str, typer.Option("--etag", help="Refuse if the revision has another one by now.")
    ] = "",
    server: StoreServer = DEFAULT_SERVER,
) -> None:
    """Make a revision the one that decides, at once and in every process.

    A file has to be put before. A preset is stored by this, too.
    """
    with connect(server) as connection:
        revision = _revision(connection, name, author)
        active = _activate(connection, revision, author, comment, etag)
    typer.echo(f"{active.revision}: {state_word(active)}")


def rollback(
    comment: Comment = "",
    author: Author = None,
    server: StoreServer = DEFAULT_SERVER,
) -> None:
    """Activate the revision that decided before the present one.

    Before the first activation preset:cheapest decided.
    """
    with connect(server) as connection:
        before, seen = _before(connection)
        revision = _revision(connection, before, author)
        active = _activate(connection, revision, author, comment or f"back from {seen}", "")
    typer.echo(f"{active.revision}: {state_word(active)}")


def list_rules(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many.")] = 20,
    server: StoreServer = DEFAULT_SERVER,
) -> None:
    """List stored revisions, newest first."""
    with connect(server) as connection:
        answer = connection.rules.ListRules(pb.ListRulesRequest(page_size=limit))
    answers().print(rule_table(answer.rule_sets))
    if answer.next_page_token:
        note("there are more; see --limit")


def history(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many.")] = 20,
    server: StoreServer = DEFAULT_SERVER,
) -> None:
    """List activations, latest first: who made which revision decide, when and why."""
    with connect(server) as connection:
        request = pb.ListActivationsRequest(page_size=limit)
        answer = connection.rules.ListActivations(request)
    answers().print(activation_table(answer.activations))
    if answer.next_page_token:
        note("there are more; see --limit")


def show(
    name: AnyRules = "active",
    server: OptionalServer = None,
) -> None:
    """Write a rule set to stdout as it was written."""
    with rule_reader(server) as reader:
        source: RuleSource = reader.read(name)
    typer.echo(source.text, nl=not source.text.endswith("\n"))


def _checked(file: Path) -> str:
    """Return a file's text; what is wrong with it is said here, with the file's own name."""
    with rule_reader(None) as reader:
        source = reader.read(str(file))
    source.compiled()
    return source.text


def _revision(connection: Connection, name: str, author: str | None) -> str:
    """Return the revision that a name means; a preset is stored, whoever did so before."""
    if name.startswith(PREFIX):
        with rule_reader(None) as reader:
            text = reader.read(name).text
        request = pb.PutRulesRequest(yaml=text, author=author_of(author), comment=name)
        return connection.rules.PutRules(request).rule_set.revision
    if Path(name).is_file():
        with rule_reader(None) as reader:
            return revision_of(reader.read(name).text)
    if Path(name).suffix in {".yaml", ".yml"}:
        raise CommandError(f"{name}: is no file; name one that was put, or its revision")
    return name


def _activate(
    connection: Connection, revision: str, author: str | None, comment: str, etag: str
) -> rule_set_pb2.RuleSetRevision:
    request = pb.ActivateRulesRequest(
        revision=revision, author=author_of(author), comment=comment, etag=etag
    )
    return connection.rules.ActivateRules(request).rule_set


def _before(connection: Connection) -> tuple[str, str]:
    """Return what decided before the present revision, and that one."""
    page_token = ""
    present = ""
    while True:
        request = pb.ListActivationsRequest(page_size=1_000, page_token=page_token)
        answer = connection.rules.ListActivations(request)
        for each in answer.activations:
            present = present or each.revision
            if each.revision != present:
                return each.revision, present
        page_token = answer.next_page_token
        if page_token:
            continue
        if present and present != revision_of(presets()[NAMES[0]]):
            return f"{PREFIX}{NAMES[0]}", present
        what = f"only {present} was ever active" if present else "nothing was activated yet"
        raise CommandError(f"there is nothing to go back to: {what}")

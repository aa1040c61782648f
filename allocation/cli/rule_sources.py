"""Rule sets as commands name them: a file, a preset, or a revision that a server keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import grpc

from allocation.cli.connection import Connection, connect
from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError, InvalidInputFileError
from allocation.cli.text_files import text_of
from allocation.v1.rule_service_pb2 import GetRulesRequest
from routing.rules import RuleSet, RuleSetError, parse_rule_set
from routing.rules.presets import NAMES, PREFIX, presets

ACTIVE: Final = "active"
"""Stands for the revision that decides on the server."""


@dataclass(frozen=True, slots=True)
class RuleSource:
    """The text of a rule set and what to call it.

    Attributes
    ----------
    name
        The file's path, ``preset:NAME``, or the revision.
    stored
        Whether a server can find it under its name.
    """

    name: str
    text: str
    stored: bool

    def compiled(self) -> RuleSet:
        """Return what the text means.

        Raises
        ------
        CommandError
            With everything that is wrong with it.
        """
        try:
            return parse_rule_set(self.text, file_name=self.name, name=self.name)
        except RuleSetError as error:
            found = [each.text(self.name) for each in error.findings]
            raise InvalidInputFileError(self.name, found) from error


class RuleReader:
    """Reads rule sets; the server is asked only for what is neither a file nor a preset.

    Parameters
    ----------
    connection
        ``None`` when there is no server to ask.
    """

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection

    def read(self, name: str) -> RuleSource:
        """Return the rule set of a name.

        Raises
        ------
        CommandError
            There is none.
        """
        if name.startswith(PREFIX):
            return _preset(name)
        if Path(name).is_file():
            return RuleSource(name, text_of(Path(name)), stored=False)
        if self._connection is None:
            raise CommandError(
                f"{name}: is no file; give a file, a preset ({_listed()}), or with --server a "
                f"revision or {ACTIVE!r}"
            )
        return self._stored(self._connection, name)

    def _stored(self, connection: Connection, name: str) -> RuleSource:
        asked = GetRulesRequest(revision="" if name == ACTIVE else name)
        try:
            found = connection.rules.GetRules(asked).rule_set
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND and name == ACTIVE:
                # What decides as long as nothing was activated.
                return _preset(f"{PREFIX}{NAMES[0]}")
            raise
        return RuleSource(found.revision, found.yaml, stored=True)


@contextmanager
def rule_reader(server: str | None) -> Iterator[RuleReader]:
    """Open what rule sets are read from; without a server there are files and presets."""
    if server is None:
        yield RuleReader(None)
    else:
        with connect(server) as connection:
            yield RuleReader(connection)


def _preset(name: str) -> RuleSource:
    wanted = name.removeprefix(PREFIX)
    if wanted not in NAMES:
        raise CommandError(f"{name}: is no preset; they are {_listed()}", ExitCode.USAGE)
    return RuleSource(name, presets()[wanted], stored=True)


def _listed() -> str:
    return ", ".join(f"{PREFIX}{each}" for each in NAMES)

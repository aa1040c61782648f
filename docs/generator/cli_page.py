"""The page of commands, from the command line's own definitions."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer
from typer.main import get_command

from allocation.cli.app import app
from allocation.cli.exit_codes import MEANINGS, ExitCode
from allocation.cli.rpc_errors import EXIT_CODES
from docs.generator.markdown import code, page, prose, table

_PROGRAM = "shipfrom"
_NO_BREAKS = "\b"


def cli_page() -> str:
    """Return the page."""
    root = get_command(app)
    blocks = [
        "Answers go to stdout, everything else to stderr. `--help` says the same as this page.",
        *_exit_codes(),
        *_command(root, _PROGRAM),
    ]
    return page("Commands", blocks)


def _exit_codes() -> Iterator[str]:
    yield "## Exit codes"
    yield table(
        ("code", "meaning"), ((str(each.value), prose(text)) for each, text in MEANINGS.items())
    )
    yield "A server's refusal ends a command with the code of its gRPC status:"
    by_exit: dict[int, list[str]] = {}
    for status, exit_code in EXIT_CODES.items():
        by_exit.setdefault(exit_code.value, []).append(code(status.name))
    rows = [(str(number), ", ".join(names)) for number, names in sorted(by_exit.items())]
    yield table(("code", "status"), [*rows, (str(ExitCode.INTERNAL.value), "any other")])


def _command(command: Any, name: str) -> Iterator[str]:
    context = typer.Context(command, info_name=name)
    parameters = command.get_params(context)
    yield f"## {name}"
    yield f"```text\n{_usage(command, name, parameters)}\n```"
    yield from _help(command.help or "")
    arguments = [each for each in parameters if each.param_type_name == "argument"]
    if arguments:
        rows = ((code(_metavar(each)), prose(each.help or "")) for each in arguments)
        yield table(("argument", "meaning"), rows)
    options = [each for each in parameters if each.param_type_name == "option" and not each.hidden]
    yield table(
        ("option", "default", "meaning"),
        ((code(_names(each, context)), _default(each), _meaning(each)) for each in options),
    )
    inner: dict[str, Any] = getattr(command, "commands", {})
    for inner_name, each in inner.items():
        yield from _command(each, f"{name} {inner_name}")


def _usage(command: Any, name: str, parameters: list[Any]) -> str:
    pieces = [name, "[OPTIONS]"]
    pieces += [_metavar(each) for each in parameters if each.param_type_name == "argument"]
    if getattr(command, "commands", None):
        pieces.append("COMMAND [ARGS]...")
    return " ".join(pieces)


def _help(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; what must keep its line breaks becomes a block."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        head, _, rest = paragraph.partition("\n")
        if head.strip() == _NO_BREAKS:
            yield f"```text\n{rest}\n```"
        else:
            yield prose(paragraph)


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _names(option: Any, context: Any) -> str:
    return str(option.get_help_record(context)[0])


def _default(option: Any) -> str:
    value = option.default
    if option.is_flag and option.secondary_opts and value is None:
        return "neither"
    if option.is_flag:
        names = option.opts if value else option.secondary_opts
        return code(names[0]) if value or names else "off"
    if not option.show_default:
        return "the machine's"
    if value is None or value in ("", []):
        return "none"
    return code(str(value.value if isinstance(value, Enum) else value))


def _meaning(option: Any) -> str:
    parts = [prose(option.help or "")]
    if option.min is not None:
        at_most = f", at most {option.max:g}" if option.max is not None else ""
        parts.append(f"At least {option.min:g}{at_most}.")
    if option.multiple and "Repeatable" not in parts[0]:
        parts.append("Repeatable.")
    if option.envvar:
        parts.append(f"Environment: `{option.envvar}`.")
    return " ".join(parts)

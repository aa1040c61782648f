"""The page of errors: every reason, from the contract's catalogue and the server's table."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.server.errors import ANSWERS, DOMAIN, Answer
from docs.generator.contract import Value, enum_named, rpcs
from docs.generator.contract_page import is_served
from docs.generator.markdown import code, page, prose, table
from docs.generator.problem import DocsError, require_same
from docs.generator.ways_out import WAYS_OUT, WayOut

_PREFIX = "ERROR_REASON_"
_WHERE = "docs/generator/ways_out.py"

_INTRO = f"""\
Every error that the services answer with carries a `google.rpc.ErrorInfo` with the domain
`{DOMAIN}` and one of the reasons below. Decide by the reason, never by the message. Messages say
what is wrong, with the numbers, then the way out.

Beside it stand `BadRequest`, when fields of the request are at fault, and `RetryInfo`, when the
same call may succeed later. Errors without `ErrorInfo` come from gRPC itself: no connection, a
deadline that passed on the way, a message above the transport's limit (`RESOURCE_EXHAUSTED`).

A line that cannot be filled is never an error: see
[UnfilledReason](allocation-v1.md#unfilledreason)."""


def errors_page() -> str:
    """Return the page.

    Raises
    ------
    DocsError
        The catalogue, the server's table and the ways out do not name the same reasons.
    """
    values = [value for value in enum_named("ErrorReason").values if value.number]
    reasons = [_reason(value) for value in values]
    require_same(
        ANSWERS, reasons, "error reasons", "the server's table (allocation/server/errors.py)"
    )
    require_same(WAYS_OUT, reasons, "error reasons", _WHERE)
    _check_rpcs()
    return page(
        "Errors",
        [
            _INTRO,
            table(
                ("reason", "status", "what it means", "same call again", "way out", "sent by"),
                sorted(_rows(values)),
            ),
        ],
    )


def _rows(values: list[Value]) -> Iterator[tuple[str, ...]]:
    for value in values:
        reason = _reason(value)
        answer, way_out = ANSWERS[reason], WAYS_OUT[reason]
        yield (
            code(reason),
            code(answer.code.name),
            _meaning(value, answer),
            _again(answer),
            way_out.text,
            _sent_by(way_out),
        )


def _reason(value: Value) -> str:
    return value.name.removeprefix(_PREFIX)


def _meaning(value: Value, answer: Answer) -> str:
    """Return the comment without its status, which must be the one that the server sends."""
    head, _, rest = value.comment.partition(".")
    if head.partition(",")[0].strip() != answer.code.name:
        raise DocsError(
            f"{value.name}: its comment in error_reason.proto begins with {head!r}, the server "
            f"answers {answer.code.name}; make them agree"
        )
    return prose(rest) or _reason(value).replace("_", " ").capitalize() + "."


def _again(answer: Answer) -> str:
    if answer.retry_delay_ms is None:
        return "no"
    return f"yes, after {answer.retry_delay_ms} ms (`RetryInfo`)"


def _sent_by(way_out: WayOut) -> str:
    if way_out.reserved:
        return "nothing in this version"
    if not way_out.rpcs:
        return "any call"
    served = {rpc.name for rpc in rpcs() if is_served(rpc)}
    sending = [code(name) for name in way_out.rpcs if name in served]
    return ", ".join(sending) or "nothing in this version"


def _check_rpcs() -> None:
    known = {rpc.name for rpc in rpcs()}
    wrong = sorted({name for each in WAYS_OUT.values() for name in each.rpcs} - known)
    if wrong:
        raise DocsError(f"{_WHERE} names methods that the contract lacks: {', '.join(wrong)}")

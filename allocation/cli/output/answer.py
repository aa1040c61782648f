"""One answer in the form that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any

import typer
from google.protobuf import json_format
from google.protobuf.message import Message
from rich.console import RenderableType

from allocation.cli.consoles import answers
from allocation.cli.money_text import date_text, money_text
from allocation.cli.output.sentences import plan_sentences
from allocation.cli.output.tables import option_name, plan_table, quote_table
from allocation.cli.output.words import Words
from allocation.v1.allocation_service_pb2 import DeliveryOption, QuoteResponse
from allocation.v1.plan_pb2 import Plan


class Format(StrEnum):
    """How answers are shown."""

    TABLE = "table"
    JSON = "json"
    SENTENCES = "sentences"


def show_plans(plans: Sequence[Plan], words: Sequence[Words], form: Format) -> None:
    """Write plans to stdout; several as JSON become one list."""
    if form is Format.JSON:
        _show_json(plans)
        return
    for plan, names in zip(plans, words, strict=True):
        if form is Format.TABLE:
            answers().print(plan_table(plan, names))
        else:
            typer.echo("\n".join(plan_sentences(plan, names)))


def show_quotes(quotes: Sequence[QuoteResponse], words: Sequence[Words], form: Format) -> None:
    """Write delivery options to stdout; several quotes as JSON become one list."""
    if form is Format.JSON:
        _show_json(quotes)
        return
    for quote, names in zip(quotes, words, strict=True):
        if form is Format.TABLE:
            answers().print(quote_table(quote, names))
        else:
            typer.echo("\n".join(_quote_sentences(quote, names)))


def _quote_sentences(quote: QuoteResponse, words: Words) -> list[str]:
    sentences = [_option_sentence(option, words) for option in quote.options if option.shipments]
    if not sentences:
        sentences = ["nothing can be offered; shipfrom allocate --explain says why"]
    return [*sentences, *(f"note: {warning}" for warning in quote.warnings)]


def _option_sentence(option: DeliveryOption, words: Words) -> str:
    places = ", ".join(words.location(each) for each in option.location_ids)
    missing = option.unfilled_lines
    return (
        f"{option_name(option)}: {money_text(option.cost, with_currency=True)} by "
        f"{date_text(option.latest_delivery_date)}, {option.shipments} shipment(s) from {places}"
        f"{f'; {missing} line(s) stay unfilled' if missing else ''}"
    )


def show_message(
    message: Message, tables: Callable[[], Iterable[RenderableType]], *, as_json: bool
) -> None:
    """Write what a server said to stdout, as one JSON object or as tables for people."""
    if as_json:
        write_json(messages_json([message])[0])
        return
    for table in tables():
        answers().print(table)


def write_json(document: Any) -> None:
    """Write JSON values to stdout."""
    typer.echo(json.dumps(document, indent=2))


def messages_json(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return messages as JSON values, with the field names of the contract."""
    return [
        json_format.MessageToDict(message, preserving_proto_field_name=True) for message in messages
    ]


def _show_json(messages: Sequence[Message]) -> None:
    documents = messages_json(messages)
    write_json(documents[0] if len(documents) == 1 else documents)

"""The command that says why a stored plan is as it is."""

from __future__ import annotations

from typing import Annotated

import typer

from allocation.cli.commands import flags
from allocation.cli.commands.rules.rule_flags import DEFAULT_SERVER, StoreServer
from allocation.cli.connection import connect
from allocation.cli.output.answer import messages_json, write_json
from allocation.cli.output.sentences import verdict_sentences
from allocation.cli.output.words import Words
from allocation.v1.allocation_service_pb2 import ExplainPlanRequest
from allocation.v1.explanation_pb2 import Explanation
from routing.v1.network_service_pb2 import ListLocationsRequest
from routing.v1.network_service_pb2_grpc import NetworkServiceStub


def explain(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="Id of a stored plan.")],
    why_not: flags.WhyNot = None,
    verdicts: Annotated[
        bool, typer.Option("--verdicts", help="Also say what held for each line and location.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Show the answer as the contract has it.")
    ] = False,
    server: StoreServer = DEFAULT_SERVER,
    timeout: flags.Timeout = 30.0,
) -> None:
    """Say why a plan ships from where it does, and what other choices would have cost.

    The decision is made again from its record: with the stock, rules and prices of then.
    """
    with connect(server) as connection:
        request = ExplainPlanRequest(plan_id=plan, location_ids=why_not or ())
        found = connection.allocation.ExplainPlan(request, timeout=timeout).explanation
        names = _names(connection.network) if verdicts and not as_json else {}
    if as_json:
        write_json(messages_json([found])[0])
        return
    typer.echo("\n".join(_told(found, Words({}, names) if verdicts else None)))


def _told(explanation: Explanation, words: Words | None) -> list[str]:
    told = list(explanation.sentences)
    if words is not None:
        for line in explanation.lines:
            told += verdict_sentences(line, words)
    return told


def _names(network: NetworkServiceStub) -> dict[str, str]:
    names: dict[str, str] = {}
    request = ListLocationsRequest(page_size=1_000)
    while True:
        answer = network.ListLocations(request)
        names |= {each.id: each.name or each.id for each in answer.locations}
        if not answer.next_page_token:
            return names
        request.page_token = answer.next_page_token

"""Putting cartons: the list takes the place of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from allocation.server.codec.carton import decode_carton
from allocation.server.codec.findings import Findings
from allocation.server.codec.named_once import named_once
from allocation.server.network_state import NetworkState
from routing.carton import Carton
from routing.errors import InvalidInputError
from routing.network import Network
from routing.v1 import carton_pb2

MOST_CARTONS: Final = 200


def put_cartons(
    state: NetworkState, messages: Sequence[carton_pb2.Carton], findings: Findings
) -> NetworkState:
    """Return the network with these cartons; its version stays.

    Raises
    ------
    allocation.errors.InvalidRequestError
        With every problem.
    """
    cartons = decode_cartons(messages, "cartons", findings, state)
    network = with_cartons(state.network, cartons, "cartons", findings)
    findings.raise_if_refused()
    kept = {}
    for message in messages:
        kept[message.id] = carton_pb2.Carton()
        kept[message.id].CopyFrom(message)
    return replace(state, network=network, cartons=kept)


def decode_cartons(
    messages: Sequence[carton_pb2.Carton], path: str, findings: Findings, state: NetworkState
) -> list[Carton]:
    """Return the cartons without a problem, each id once."""
    if len(messages) > MOST_CARTONS:
        findings.refuse(path, f"has {len(messages)} entries; give at most {MOST_CARTONS}")
        return []
    found = [
        decode_carton(message, at, findings, state.currency)
        for at, message, is_new in named_once(messages, path, findings)
        if is_new
    ]
    return [carton for carton in found if carton is not None]


def with_cartons(
    network: Network, cartons: Sequence[Carton], path: str, findings: Findings
) -> Network:
    """Return the network with cartons, or as it is where a location names another one."""
    try:
        return network.with_cartons(cartons)
    except InvalidInputError as error:
        for violation in error.violations:
            findings.refuse(path, f"registered {violation.path}: {violation.message}")
        return network

"""Putting the network's currency and exchange rates."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Final

from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.text import decode_currency, decode_prose
from allocation.server.codec.times import decode_date
from allocation.server.network_state import NetworkState
from routing.errors import InvalidInputError
from routing.rating.exchange import ExchangeTable
from routing.v1 import network_service_pb2 as pb

MOST_RATES: Final = 200

_RATE: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


def put_exchange_rates(
    state: NetworkState, message: pb.PutExchangeRatesRequest, findings: Findings
) -> NetworkState:
    """Return the network with everything converted at these rates; its version stays.

    Raises
    ------
    allocation.errors.InvalidRequestError
        With every problem.
    """
    exchange = _decode(message, findings)
    findings.raise_if_refused()
    if exchange is None:
        return state
    if state.cartons and exchange.currency != state.currency:
        findings.refuse(
            "currency",
            f"is {exchange.currency}, and the cartons cost {state.currency}: put no cartons, then "
            "the rates, then the cartons again",
        )
    try:
        network = state.network.with_exchange(exchange)
    except InvalidInputError as error:
        for violation in error.violations:
            findings.refuse("rates", f"registered {violation.path}: {violation.message}")
    findings.raise_if_refused()
    kept = pb.PutExchangeRatesRequest()
    kept.CopyFrom(message)
    # Whether it was only checked is no part of what was put.
    kept.validate_only = False
    return replace(state, network=network, exchange_rates=kept)


def _decode(message: pb.PutExchangeRatesRequest, findings: Findings) -> ExchangeTable | None:
    currency = decode_currency(message.currency, "currency", findings)
    if not message.currency:
        findings.refuse("currency", "is missing; give an ISO 4217 code such as 'USD'")
    if len(message.rates) > MOST_RATES:
        findings.refuse("rates", f"has {len(message.rates)} entries; give at most {MOST_RATES}")
        return None
    rates: dict[str, Fraction] = {}
    for index, each in enumerate(message.rates):
        code = decode_currency(each.currency, f"rates[{index}].currency", findings)
        text = each.rate.value
        if not _RATE.fullmatch(text) or Fraction(text) == 0:
            said = f"is {shown(text)}; give a decimal above 0 with at most 12 decimals"
            findings.refuse(f"rates[{index}].rate", said)
        elif code in rates:
            findings.refuse(f"rates[{index}].currency", f"{code} is given twice; keep one")
        elif code is not None:
            rates[code] = Fraction(text)
        elif not each.currency:
            findings.refuse(f"rates[{index}].currency", "is missing; give an ISO 4217 code")
    as_of = decode_date(message.as_of, "as_of", findings) if message.HasField("as_of") else None
    source = decode_prose(message.source, "source", findings)
    if currency is None:
        return None
    return findings.build("", lambda: ExchangeTable(currency, rates, as_of, source))

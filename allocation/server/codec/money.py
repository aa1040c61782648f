"""`google.type.Money` to integer minor units of its currency, exactly or not at all."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from google.type import money_pb2

from allocation.server.codec.findings import Findings
from allocation.server.codec.text import decode_currency
from routing.rating.minor_units import decimals_of
from routing.v1 import order_pb2

MOST_MINOR: Final = 10**12
"""Most minor units of one amount: beyond any price, and sums of many stay within 64 bits."""

NANOS: Final = 1_000_000_000


class MoneyReader:
    """Reads the amounts of one message, which must all be in one currency.

    Parameters
    ----------
    findings
        Where problems go.
    currency
        ISO 4217 code that every amount must have; ``None`` takes the first one seen.
    whose
        Who says so, for the message: ``"the order"``.
    """

    __slots__ = ("_findings", "_whose", "currency")

    def __init__(self, findings: Findings, currency: str | None, whose: str) -> None:
        self._findings = findings
        self.currency = currency
        self._whose = whose

    def minor(self, money: money_pb2.Money, path: str) -> int:
        """Return an amount of 0 or more in minor units; 0 when it is refused."""
        code = self._code(money, path)
        if code is None:
            return 0
        value = exact_minor(money, code)
        if value is None:
            message = "has nanos with the wrong sign, out of range, or finer than"
            self._findings.refuse(path, f"{message} the {decimals_of(code)} decimals of {code}")
            return 0
        if not 0 <= value <= MOST_MINOR:
            limit = "must not be negative" if value < 0 else f"is above {MOST_MINOR} minor units"
            self._findings.refuse(path, f"is {value} minor units of {code}; it {limit}")
            return 0
        return value

    def _code(self, money: money_pb2.Money, path: str) -> str | None:
        at = f"{path}.currency_code"
        if not money.currency_code:
            self._findings.refuse(at, "is missing; give an ISO 4217 code such as 'USD'")
            return None
        code = decode_currency(money.currency_code, at, self._findings)
        if code is None:
            return None
        if self.currency is None:
            self.currency = code
        elif code != self.currency:
            self._findings.refuse(at, f"is {code}; {self._whose} is in {self.currency}")
            return None
        return code


def exact_minor(money: money_pb2.Money, currency: str) -> int | None:
    """Return an amount in minor units, ``None`` if it is none exactly.

    Units and nanos must have the same sign, and nanos must be whole minor units.
    """
    units, nanos = int(money.units), int(money.nanos)
    if abs(nanos) >= NANOS or units * nanos < 0:
        return None
    decimals = decimals_of(currency)
    part, rest = divmod(abs(nanos), int(10 ** (9 - decimals)))
    if rest:
        return None
    return units * int(10**decimals) + (part if nanos > 0 else -part)


def plain_minor(money: money_pb2.Money, currency: str) -> int | None:
    """Return an amount in minor units, in [0, `MOST_MINOR`]; ``None`` if it is no such amount."""
    value = exact_minor(money, currency)
    return value if value is not None and 0 <= value <= MOST_MINOR else None


@lru_cache(maxsize=1 << 14)
def encode_money(minor: int, currency: str) -> money_pb2.Money:
    """Return an amount of minor units; units and nanos have the same sign.

    The message is shared, since amounts repeat within and between plans: put it into
    others, which copies it, and do not change it.
    """
    decimals = decimals_of(currency)
    units, part = divmod(abs(minor), 10**decimals)
    nanos = part * 10 ** (9 - decimals)
    if minor < 0:
        units, nanos = -units, -nanos
    return money_pb2.Money(currency_code=currency, units=units, nanos=nanos)


def order_money(
    order: order_pb2.Order, findings: Findings, currencies: Collection[str]
) -> MoneyReader:
    """Return a reader of amounts in the order's currency, or else the rate cards' only one.

    Parameters
    ----------
    currencies
        Of the rate cards.
    """
    currency = decode_currency(order.currency, "order.currency", findings)
    if currency is not None:
        return MoneyReader(findings, currency, "the order")
    only = next(iter(currencies)) if len(currencies) == 1 else None
    return MoneyReader(findings, only, "every rate card")

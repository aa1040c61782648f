"""The one currency of a sourcing problem."""

from __future__ import annotations

from routing.errors import InvalidInputError, Violation
from routing.network import Network
from routing.order import Order
from routing.sourcing.policy import Policy


def currency_of(order: Order, network: Network, policy: Policy) -> str:
    """Return the currency in which everything of an order is compared.

    Raises
    ------
    InvalidInputError
        The rate cards do not share one, or the rule set has another.
    """
    if network.exchange is not None:
        currency = network.exchange.currency
    else:
        currency = _only_currency(network) or order.currency or "USD"
    if policy.currency not in {None, currency}:
        message = f"has amounts in {policy.currency}, and the rate cards are in {currency}"
        raise InvalidInputError([Violation("rule_set", message)])
    return currency


def _only_currency(network: Network) -> str | None:
    """Return the currency of the rate cards, ``None`` if there are none."""
    currencies = sorted({card.currency for card in network.cards.cards})
    if len(currencies) > 1:
        raise InvalidInputError(
            [
                Violation(
                    "rate_cards",
                    f"are in {', '.join(currencies)}; costs can only be compared in one currency: "
                    "put exchange rates",
                )
            ]
        )
    return currencies[0] if currencies else None

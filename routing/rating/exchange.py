"""Exchange rates: amounts in several currencies made comparable in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from routing.errors import Violation, raise_if_any
from routing.rating.minor_units import decimals_of, round_half_up
from routing.rating.rate_card import RateCard
from routing.rating.surcharge import Surcharge, SurchargeKind


@dataclass(frozen=True, slots=True)
class ExchangeTable:
    """The currency that costs are compared in, and what others are worth in it.

    Attributes
    ----------
    currency
        ISO 4217 code.
    rates
        Units of `currency` for one unit of each other one, above 0.
    as_of
        Day that the rates are of; ``None`` if not known.
    source
        Where they come from, for people.

    Raises
    ------
    routing.errors.InvalidInputError
        With every rate that is none.
    """

    currency: str
    rates: Mapping[str, Fraction] = field(default_factory=dict)
    as_of: date | None = None
    source: str = ""

    def __post_init__(self) -> None:
        problems = [
            Violation(f"rates[{code}]", f"{rate} is not above 0")
            for code, rate in sorted(self.rates.items())
            if rate <= 0
        ]
        if self.rates.get(self.currency, Fraction(1)) != 1:
            message = f"is {self.rates[self.currency]}; the network's own currency is worth 1"
            problems.append(Violation(f"rates[{self.currency}]", message))
        raise_if_any(problems)
        object.__setattr__(self, "rates", MappingProxyType(dict(self.rates)))

    def knows(self, currency: str) -> bool:
        """Say whether amounts in a currency can be converted."""
        return currency == self.currency or currency in self.rates

    def convert(self, minor: int, currency: str) -> int:
        """Return an amount in minor units of `self.currency`, to the nearest, halves upward.

        Parameters
        ----------
        minor
            0 or more, in minor units of `currency`, which must be known.
        """
        if currency == self.currency:
            return minor
        factor = self.rates[currency] * Fraction(
            10 ** decimals_of(self.currency), 10 ** decimals_of(currency)
        )
        return round_half_up(minor * factor.numerator, factor.denominator)

    def convert_card(self, card: RateCard) -> RateCard:
        """Return a card in `self.currency`: every amount converted by itself.

        Converting amounts, not sums, keeps the terms of a price equal to the price.
        """
        if card.currency == self.currency:
            return card

        def minor(amount: int) -> int:
            return self.convert(amount, card.currency)

        return replace(
            card,
            currency=self.currency,
            rates=tuple(
                replace(
                    zone,
                    steps=tuple(replace(s, price_minor=minor(s.price_minor)) for s in zone.steps),
                    cartons=tuple(
                        replace(each, price_minor=minor(each.price_minor)) for each in zone.cartons
                    ),
                )
                for zone in card.rates
            ),
            surcharges=tuple(self._surcharge(each, card.currency) for each in card.surcharges),
            min_price_minor=minor(card.min_price_minor),
        )

    def _surcharge(self, surcharge: Surcharge, currency: str) -> Surcharge:
        if surcharge.kind is SurchargeKind.PERCENT:
            return surcharge
        return replace(surcharge, amount=self.convert(surcharge.amount, currency))

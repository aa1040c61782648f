"""The columns of the three tables that rate cards are written in, and how they are read.

``cards.csv`` has one row per card, ``rates.csv`` one per card, rate zone and weight
step, ``surcharges.csv`` one per surcharge. Weights and lengths may be given in either
of two units; prices and flat amounts are in major units of the card's currency.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from routing.rating.csv_rows import CsvRow
from routing.rating.minor_units import minor_from_major
from routing.rating.rate_steps import RateStep
from routing.rating.surcharge import PercentOf, Surcharge, SurchargeKind
from routing.rating.weights import (
    dim_divisor_from_cm3_per_kg,
    limit_nl_from_cm3,
    limit_nl_from_in3,
    limit_ug_from_kg,
    limit_ug_from_lb,
    limit_um_from_cm,
    limit_um_from_in,
)
from routing.rating.zones import RateZone

CARD_REQUIRED: Final = (
    "card_id",
    "carrier",
    "service",
    "service_name",
    "pricing",
    "currency",
    "effective_from",
    "effective_to",
    "zone_scheme",
    "source",
)
CARD_OPTIONAL: Final = (
    "max_weight_lb",
    "max_weight_kg",
    "dim_divisor_in3_per_lb",
    "dim_divisor_cm3_per_kg",
    "dim_threshold_in3",
    "dim_threshold_cm3",
    "max_length_in",
    "max_length_cm",
    "max_length_plus_girth_in",
    "max_length_plus_girth_cm",
    "note",
)
RATE_REQUIRED: Final = ("card_id", "zone", "price")
RATE_OPTIONAL: Final = ("max_weight_lb", "max_weight_kg", "verification", "note")
SURCHARGE_REQUIRED: Final = ("card_id", "name", "kind", "amount")
SURCHARGE_OPTIONAL: Final = (
    "percent_of",
    "residential",
    "zone_from",
    "zone_to",
    "weight_over_lb",
    "weight_over_kg",
    "weight_up_to_lb",
    "weight_up_to_kg",
    "effective_from",
    "effective_to",
    "source",
    "note",
)

_BASIS_POINTS_PER_PERCENT = 100

Reader = Callable[[Decimal], int]
_WEIGHT: Final[dict[str, Reader]] = {"lb": limit_ug_from_lb, "kg": limit_ug_from_kg}
_LENGTH: Final[dict[str, Reader]] = {"in": limit_um_from_in, "cm": limit_um_from_cm}
_VOLUME: Final[dict[str, Reader]] = {"in3": limit_nl_from_in3, "cm3": limit_nl_from_cm3}


class ZoneStep(NamedTuple):
    """One row of ``rates.csv``."""

    zone: RateZone
    step: RateStep
    row: CsvRow


def read_weight(row: CsvRow, name: str) -> int | None:
    """Return the weight in the columns ``name_lb`` or ``name_kg``, micrograms."""
    return _in_one_unit(row, name, _WEIGHT)


def read_length(row: CsvRow, name: str) -> int | None:
    """Return the length in the columns ``name_in`` or ``name_cm``, micrometres."""
    return _in_one_unit(row, name, _LENGTH)


def read_volume(row: CsvRow, name: str) -> int | None:
    """Return the volume in the columns ``name_in3`` or ``name_cm3``, nanolitres."""
    return _in_one_unit(row, name, _VOLUME)


def read_divisor(row: CsvRow) -> Fraction | None:
    """Return the dimensional divisor in cubic inches per pound, exactly."""
    imperial = row.decimal("dim_divisor_in3_per_lb")
    metric = row.decimal("dim_divisor_cm3_per_kg")
    if imperial is not None and metric is not None:
        row.report("has a dimensional divisor in two units; keep one")
    if imperial is not None:
        return Fraction(imperial)
    return None if metric is None else dim_divisor_from_cm3_per_kg(metric)


def read_step(row: CsvRow, currency: str) -> ZoneStep | None:
    """Return a row of ``rates.csv``, ``None`` after reporting what is wrong with it."""
    zone = row.needed("zone", row.integer("zone"))
    limit = read_weight(row, "max_weight")
    if limit is None and not (row.text("max_weight_lb") or row.text("max_weight_kg")):
        row.report("max_weight_lb is empty; give the limit in lb or in kg")
    price = _money(row, "price", row.needed("price", row.decimal("price")), currency)
    if zone is None or limit is None or price is None:
        return None
    return ZoneStep(RateZone(zone), RateStep(limit, price), row)


def read_surcharge(row: CsvRow, currency: str) -> Surcharge | None:
    """Return a row of ``surcharges.csv``, ``None`` after reporting what is wrong with it."""
    known = len(row.problems)
    name = row.need("name")
    kind = row.needed("kind", row.choice("kind", SurchargeKind))
    given = row.needed("amount", row.decimal("amount"))
    percent_of = row.choice("percent_of", PercentOf)
    if percent_of is not None and kind is SurchargeKind.FLAT:
        row.report("percent_of has no meaning for a FLAT surcharge; leave it empty")
    amount = _basis_points(row, given) if kind is SurchargeKind.PERCENT else None
    if kind is SurchargeKind.FLAT:
        amount = _money(row, "amount", given, currency)
    zone_from, zone_to = _zone(row, "zone_from"), _zone(row, "zone_to")
    residential = row.flag("residential")
    over, up_to = read_weight(row, "weight_over"), read_weight(row, "weight_up_to")
    start, end = row.date("effective_from"), row.date("effective_to")
    if name is None or kind is None or amount is None or len(row.problems) > known:
        return None
    return row.attempt(
        lambda: Surcharge(
            name=name,
            kind=kind,
            amount=amount,
            percent_of=percent_of or PercentOf.BASE,
            residential=residential,
            weight_over_ug=over,
            weight_up_to_ug=up_to,
            effective_from=start,
            effective_to=end,
            zone_from=zone_from,
            zone_to=zone_to,
        )
    )


def _zone(row: CsvRow, column: str) -> RateZone | None:
    zone = row.integer(column)
    return None if zone is None else RateZone(zone)


def _in_one_unit(row: CsvRow, name: str, units: dict[str, Reader]) -> int | None:
    given = [
        read(value)
        for unit, read in units.items()
        if (value := row.decimal(f"{name}_{unit}")) is not None
    ]
    if len(given) > 1:
        row.report(f"{name} is given in two units; keep one")
    return given[0] if given else None


def _money(row: CsvRow, column: str, amount: Decimal | None, currency: str) -> int | None:
    if amount is None:
        return None
    try:
        return minor_from_major(amount, currency)
    except ValueError as error:
        row.report(f"{column} {error}")
        return None


def _basis_points(row: CsvRow, percent: Decimal | None) -> int | None:
    if percent is None:
        return None
    points = percent * _BASIS_POINTS_PER_PERCENT
    if points != points.to_integral_value():
        row.report(f"amount {percent} is finer than a hundredth of a percent; round it")
        return None
    return int(points)

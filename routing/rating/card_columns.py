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

from routing.geo.normalize import normalize_postal
from routing.rating.address_kind import AddressKind
from routing.rating.csv_rows import CsvRow
from routing.rating.delivery_area import CodeRange
from routing.rating.minor_units import minor_from_major
from routing.rating.rate_steps import RateStep
from routing.rating.side_rounding import SideRounding, SideRounds
from routing.rating.surcharge import PercentOf, Surcharge, SurchargeKind
from routing.rating.trigger import Trigger
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
    "min_price",
    "side_rounding",
    "side_rounding_step_in",
    "side_rounding_step_cm",
    "service_level",
    "not_to",
    "note",
)
RATE_REQUIRED: Final = ("card_id", "zone", "price")
RATE_OPTIONAL: Final = ("max_weight_lb", "max_weight_kg", "carton", "verification", "note")
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
    "area",
    "longest_over_in",
    "longest_over_cm",
    "second_over_in",
    "second_over_cm",
    "length_plus_girth_over_in",
    "length_plus_girth_over_cm",
    "volume_over_in3",
    "volume_over_cm3",
    "actual_weight_over_lb",
    "actual_weight_over_kg",
    "min_billable_lb",
    "min_billable_kg",
    "group",
    "source",
    "note",
)
AREA_REQUIRED: Final = ("card_id", "area", "country", "code_from")
AREA_OPTIONAL: Final = ("code_to", "note")

_BASIS_POINTS_PER_PERCENT = 100

Reader = Callable[[Decimal], int]
_WEIGHT: Final[dict[str, Reader]] = {"lb": limit_ug_from_lb, "kg": limit_ug_from_kg}
_LENGTH: Final[dict[str, Reader]] = {"in": limit_um_from_in, "cm": limit_um_from_cm}
_VOLUME: Final[dict[str, Reader]] = {"in3": limit_nl_from_in3, "cm3": limit_nl_from_cm3}


class ZoneStep(NamedTuple):
    """One row of ``rates.csv``; `carton` is empty but for a carrier's own flat-rate boxes."""

    zone: RateZone
    step: RateStep
    carton: str
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
    return ZoneStep(RateZone(zone), RateStep(limit, price), row.text("carton"), row)


def read_side_rounding(row: CsvRow) -> SideRounding | None:
    """Return how a card rounds sides; ``None`` if it does not."""
    how = row.choice("side_rounding", SideRounds)
    step_um = read_length(row, "side_rounding_step")
    if how is None:
        if step_um is not None:
            row.report("side_rounding_step is given without side_rounding; say NEAREST or UP")
        return None
    if step_um is None:
        row.report("side_rounding needs side_rounding_step_in or side_rounding_step_cm")
        return None
    return row.attempt(lambda: SideRounding(step_um, up=how is SideRounds.UP))


def read_not_to(row: CsvRow) -> frozenset[AddressKind]:
    """Return the kinds of addresses that a service does not deliver to, blanks between them."""
    kinds = {kind.value: kind for kind in AddressKind}
    words = row.text("not_to").split()
    for word in words:
        if word not in kinds:
            row.report(f"not_to {word!r} is not one of {', '.join(kinds)}")
    return frozenset(kinds[word] for word in words if word in kinds)


def read_minimum(row: CsvRow, currency: str) -> int:
    """Return the least price of a card in minor units; 0 if it has none."""
    return _money(row, "min_price", row.decimal("min_price"), currency) or 0


def read_area(row: CsvRow) -> tuple[str, CodeRange] | None:
    """Return a row of ``areas.csv``, ``None`` after reporting what is wrong with it."""
    name, country, first = row.need("area"), row.need("country"), row.need("code_from")
    if name is None or country is None or first is None:
        return None
    ends = [normalize_postal(country, code) for code in (first, row.text("code_to") or first)]
    if ends[0] is None or ends[1] is None:
        row.report(f"{first} to {row.text('code_to') or first} are no postal codes of {country}")
        return None
    return name, CodeRange(ends[0].country, ends[0].code, ends[1].code)


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
    trigger = _trigger(row)
    least = read_weight(row, "min_billable")
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
            area=row.text("area") or None,
            trigger=trigger,
            min_billable_ug=least or 0,
            group=row.text("group"),
            zone_from=zone_from,
            zone_to=zone_to,
        )
    )


def _trigger(row: CsvRow) -> Trigger | None:
    limits = {
        "longest_over_um": read_length(row, "longest_over"),
        "second_over_um": read_length(row, "second_over"),
        "length_plus_girth_over_um": read_length(row, "length_plus_girth_over"),
        "volume_over_nl": read_volume(row, "volume_over"),
        "weight_over_ug": read_weight(row, "actual_weight_over"),
    }
    if all(limit is None for limit in limits.values()):
        return None
    return row.attempt(lambda: Trigger(**limits))


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

"""Load rate cards from CSV tables, and those that ship with the package.

The layout of the tables is in `routing.rating.card_columns`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Final

from routing.errors import InvalidInputError, Violation, raise_if_any
from routing.ids import CarrierCode, RateCardId, ServiceCode
from routing.order import ServiceLevel
from routing.rating import card_columns as columns
from routing.rating.card_book import CardBook
from routing.rating.csv_rows import CsvRow, read_rows
from routing.rating.delivery_area import CodeRange, DeliveryArea
from routing.rating.rate_card import Pricing, RateCard
from routing.rating.rate_steps import CartonRate, ZoneRates
from routing.rating.surcharge import Surcharge
from routing.rating.table_file import read_table

CARDS_FILE: Final = "cards.csv"
RATES_FILE: Final = "rates.csv"
SURCHARGES_FILE: Final = "surcharges.csv"
AREAS_FILE: Final = "areas.csv"


def load_cards(directory: Path) -> tuple[RateCard, ...]:
    """Load all rate cards of a directory.

    Parameters
    ----------
    directory
        Holds ``cards.csv`` and ``rates.csv``; ``surcharges.csv`` and ``areas.csv`` if
        there are any. Each may be a Parquet file instead (``cards.parquet``), where
        pyarrow is installed.

    Returns
    -------
    tuple of RateCard
        In the order of ``cards.csv``.

    Raises
    ------
    routing.errors.InvalidInputError
        With every problem of all tables, each with file and line.
    OSError
        If a table cannot be read.
    """
    return parse_cards(
        read_table(directory, CARDS_FILE),
        read_table(directory, RATES_FILE),
        read_table(directory, SURCHARGES_FILE, optional=True),
        read_table(directory, AREAS_FILE, optional=True),
    )


@cache
def shipped_cards() -> tuple[RateCard, ...]:
    """Return the dated example cards that ship with the package.

    Published prices of carriers in the United States: facts, not an offer. See
    ``ATTRIBUTION.md`` beside the tables.
    """
    tables = [
        files("routing.rating").joinpath("data", name).read_text(encoding="utf-8")
        for name in (CARDS_FILE, RATES_FILE, SURCHARGES_FILE)
    ]
    return parse_cards(*tables)


def parse_cards(
    cards: str, rates: str, surcharges: str | None = None, areas: str | None = None
) -> tuple[RateCard, ...]:
    """Build rate cards from the text of the tables; see `load_cards`."""
    problems: list[Violation] = []
    heads = _heads(
        read_rows(CARDS_FILE, cards, columns.CARD_REQUIRED, columns.CARD_OPTIONAL, problems)
    )
    rate_rows = read_rows(RATES_FILE, rates, columns.RATE_REQUIRED, columns.RATE_OPTIONAL, problems)
    surcharge_rows = read_rows(
        SURCHARGES_FILE,
        surcharges or ",".join(columns.SURCHARGE_REQUIRED),
        columns.SURCHARGE_REQUIRED,
        columns.SURCHARGE_OPTIONAL,
        problems,
    )
    area_rows = read_rows(
        AREAS_FILE,
        areas or ",".join(columns.AREA_REQUIRED),
        columns.AREA_REQUIRED,
        columns.AREA_OPTIONAL,
        problems,
    )
    # A wrong header would repeat itself as a problem of every row.
    raise_if_any(problems)
    steps = _by_card(rate_rows, heads)
    extras = _by_card(surcharge_rows, heads)
    listed = _by_card(area_rows, heads)
    built = [
        _card(head, steps[card_id], extras[card_id], listed[card_id])
        for card_id, head in heads.items()
    ]
    if not problems:
        problems += _overlaps(heads, [card for card in built if card is not None])
    raise_if_any(problems)
    return tuple(card for card in built if card is not None)


def _heads(rows: list[CsvRow]) -> dict[str, CsvRow]:
    heads: dict[str, CsvRow] = {}
    for row in rows:
        card_id = row.need("card_id")
        if card_id in heads:
            row.report(f"card_id {card_id} is already at {heads[card_id].where}; keep one")
        elif card_id is not None:
            heads[card_id] = row
    return heads


def _by_card(rows: list[CsvRow], heads: Mapping[str, CsvRow]) -> dict[str, list[CsvRow]]:
    by_card: dict[str, list[CsvRow]] = {card_id: [] for card_id in heads}
    for row in rows:
        card_id = row.text("card_id")
        if card_id in by_card:
            by_card[card_id].append(row)
        else:
            row.report(f"card_id {card_id!r} is not in {CARDS_FILE}")
    return by_card


def _card(
    head: CsvRow, rate_rows: list[CsvRow], extra_rows: list[CsvRow], area_rows: list[CsvRow]
) -> RateCard | None:
    known = len(head.problems)
    currency = head.need("currency") or ""
    pricing = head.needed("pricing", head.choice("pricing", Pricing))
    start = head.needed("effective_from", head.date("effective_from"))
    end = head.date("effective_to")
    divisor, threshold = columns.read_divisor(head), columns.read_volume(head, "dim_threshold")
    length = columns.read_length(head, "max_length")
    around = columns.read_length(head, "max_length_plus_girth")
    heaviest = columns.read_weight(head, "max_weight")
    rates = _rates(rate_rows, currency)
    surcharges = _surcharges(extra_rows, currency)
    areas = _areas(head, area_rows)
    rounding = columns.read_side_rounding(head)
    least = columns.read_minimum(head, currency)
    level = head.choice("service_level", ServiceLevel)
    not_to = columns.read_not_to(head)
    if pricing is None or start is None or len(head.problems) > known:
        return None
    if heaviest is None:
        heaviest = max((zone.max_weight_ug for zone in rates), default=0)
    return head.attempt(
        lambda: RateCard(
            id=RateCardId(head.text("card_id")),
            carrier=CarrierCode(head.text("carrier")),
            service=ServiceCode(head.text("service")),
            service_name=head.text("service_name"),
            pricing=pricing,
            currency=currency,
            effective_from=start,
            effective_to=end,
            source=head.text("source"),
            zone_scheme=head.text("zone_scheme"),
            rates=rates,
            max_weight_ug=heaviest,
            dim_divisor_in3_per_lb=divisor,
            dim_threshold_nl=threshold or 0,
            max_length_um=length,
            max_length_plus_girth_um=around,
            surcharges=surcharges,
            note=head.text("note"),
            min_price_minor=least,
            areas=areas,
            side_rounding=rounding,
            service_level=level or ServiceLevel.STANDARD,
            not_to=not_to,
        )
    )


def _rates(rows: list[CsvRow], currency: str) -> tuple[ZoneRates, ...]:
    """Return the steps by rate zone, zones and limits in increasing order."""
    found = [step for row in rows if (step := columns.read_step(row, currency)) is not None]
    flat = [each for each in found if each.carton]
    read = [each for each in found if not each.carton]
    read.sort(key=lambda each: (each.zone, each.step.max_weight_ug))
    for lighter, heavier in pairwise(read):
        if lighter.zone != heavier.zone:
            continue
        if lighter.step.max_weight_ug == heavier.step.max_weight_ug:
            heavier.row.report(f"repeats zone and weight of {lighter.row.where}; keep one")
        elif heavier.step.price_minor < lighter.step.price_minor:
            heavier.row.report(
                f"price {heavier.row.text('price')} is below {lighter.row.text('price')} of the "
                f"lighter step at {lighter.row.where}; a heavier parcel must not be cheaper"
            )
    return tuple(
        ZoneRates(
            zone,
            tuple(each.step for each in read if each.zone == zone),
            tuple(
                CartonRate(each.carton, each.step.max_weight_ug, each.step.price_minor)
                for each in flat
                if each.zone == zone
            ),
        )
        for zone in sorted({each.zone for each in found})
    )


def _areas(head: CsvRow, rows: list[CsvRow]) -> tuple[DeliveryArea, ...]:
    by_name: dict[str, list[CodeRange]] = {}
    for row in rows:
        found = columns.read_area(row)
        if found is not None:
            by_name.setdefault(found[0], []).append(found[1])
    built = [_area(head, name, codes) for name, codes in by_name.items()]
    return tuple(area for area in built if area is not None)


def _area(head: CsvRow, name: str, codes: list[CodeRange]) -> DeliveryArea | None:
    return head.attempt(lambda: DeliveryArea(name, tuple(sorted(codes))))


def _overlaps(heads: Mapping[str, CsvRow], cards: list[RateCard]) -> list[Violation]:
    """Return what the cards say against each other, each at the row of its card."""
    try:
        CardBook(tuple(cards))
    except InvalidInputError as error:
        return [_at_its_row(heads, violation) for violation in error.violations]
    return []


def _at_its_row(heads: Mapping[str, CsvRow], violation: Violation) -> Violation:
    card_id = violation.path.partition("[")[2].rstrip("]")
    where = heads[card_id].where if card_id in heads else violation.path
    return Violation(where, f"{card_id}: {violation.message}")


def _surcharges(rows: list[CsvRow], currency: str) -> tuple[Surcharge, ...]:
    read = (columns.read_surcharge(row, currency) for row in rows)
    return tuple(surcharge for surcharge in read if surcharge is not None)

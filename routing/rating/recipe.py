"""Rebuild the packaged tables from the collected field data.

``python -m routing.rating.recipe SOURCE_DIR`` reads the price, surcharge, zone and
transit tables below SOURCE_DIR and writes ``routing/rating/data/*.csv``. The same
source gives the same bytes. What is shipped, and what was left out, is said in
``data/ATTRIBUTION.md``; the choices stand in `routing.rating.recipe_tables`.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Final

from routing.rating import recipe_tables as tables
from routing.rating.recipe_tables import CardRecipe, Row

DATA_DIR: Final = Path(__file__).parent / "data"


def build(source: Path) -> dict[str, str]:
    """Return the text of every packaged table, by file name."""
    prices = _read(source / "rates" / "rate_card.csv")
    extras = _read(source / "rates" / "surcharges_and_limits.csv")
    bands = _read(source / "zones" / "zone_bands.csv")
    transit = _read(source / "calendars" / "transit_days.csv")
    return {
        "cards.csv": _text(
            tables.CARD_COLUMNS, [_head(card, prices, extras) for card in tables.CARDS]
        ),
        "rates.csv": _text(
            tables.RATE_COLUMNS,
            [r for card in tables.CARDS for r in _rates(card, prices)]
            + _flat_cartons(tables.CARDS[3], prices, extras),
        ),
        "surcharges.csv": _text(
            tables.SURCHARGE_COLUMNS,
            [
                *_holiday(extras, tables.CARDS[0]),
                *_residential(extras),
                *_additional_handling(extras),
                *_holiday(extras, tables.CARDS[3]),
            ],
        ),
        "zone_bands.csv": _text(tables.BAND_COLUMNS, _bands(bands)),
        "zone_exceptions.csv": _text(tables.EXCEPTION_COLUMNS, _exceptions()),
        "transit_days.csv": _text(tables.TRANSIT_COLUMNS, _transit(transit)),
    }


def main(arguments: list[str]) -> int:
    """Write the packaged tables; return the exit status."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m routing.rating.recipe SOURCE_DIR\n")
        return 2
    for name, text in build(Path(arguments[0])).items():
        (DATA_DIR / name).write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{name}: {text.count(chr(10)) - 1} rows\n")
    return 0


def _head(card: CardRecipe, prices: list[Row], extras: list[Row]) -> Row:
    first = _rows_of(card, prices)[0]
    dated = {key: first[key] for key in ("currency", "effective_from", "effective_to")}
    limits: Row = {}
    for column, (service, item) in card.limits.items():
        (value,) = {
            row["value"]
            for row in extras
            if (row["carrier"], row["service"], row["item"]) == (first["carrier"], service, item)
        }
        limits[column] = value
    return {"pricing": card.pricing, **dated, **limits, **card.head}


def _rates(card: CardRecipe, prices: list[Row]) -> list[Row]:
    rows = [{**row, "card_id": card.head["card_id"]} for row in _rows_of(card, prices)]
    return sorted(rows, key=lambda row: (int(row["zone"]), float(row["max_weight_lb"])))


def _flat_cartons(card: CardRecipe, prices: list[Row], extras: list[Row]) -> list[Row]:
    """Return the carrier's own boxes: one price in every rate zone."""
    zones = sorted({int(row["zone"]) for row in _rows_of(card, prices)})
    return [
        {
            "card_id": card.head["card_id"],
            "zone": str(zone),
            "max_weight_lb": tables.FLAT_CARTON_MAX_LB,
            "price": row["value"],
            "carton": tables.FLAT_CARTONS[row["item"]],
            "verification": row["condition"] or row["source"],
        }
        for zone in zones
        for row in extras
        if row["item"] in tables.FLAT_CARTONS
    ]


def _rows_of(card: CardRecipe, prices: list[Row]) -> list[Row]:
    return [
        row
        for row in prices
        if row["source_id"] == card.source_id and card.collected_as in {"", row["service"]}
    ]


def _holiday(extras: list[Row], card: CardRecipe) -> list[Row]:
    adders = [row for row in extras if row["item"].startswith(tables.HOLIDAY_PREFIX)]
    rows = [row for row in adders if row["service"] == card.holiday_service]
    # Dates and source stand in the first row only and hold for the whole group.
    first = adders[0]
    start, end = first["condition"].split("..")
    built: list[Row] = []
    for row in rows:
        zones, weights = row["item"].removeprefix(tables.HOLIDAY_PREFIX).split("_")
        zone_from, zone_to = zones.split("-")
        over, up_to = tables.HOLIDAY_WEIGHTS[weights]
        built.append(
            {
                "card_id": card.head["card_id"],
                "name": f"holiday {weights.removesuffix('lb')} lb, zones {zones}",
                "kind": "FLAT",
                "amount": row["value"],
                "zone_from": zone_from,
                "zone_to": zone_to,
                "weight_over_lb": over,
                "weight_up_to_lb": up_to,
                "effective_from": start,
                "effective_to": end,
                "source": first["source"],
            }
        )
    return built


def _additional_handling(extras: list[Row]) -> list[Row]:
    built: list[Row] = []
    for kind, columns in tables.HANDLING.items():
        rows = [row for row in extras if row["item"].startswith(f"{kind}_zone")]
        for row in rows:
            zones = row["item"].removeprefix(f"{kind}_zone")
            zone_from, _, zone_to = zones.removesuffix("+").partition("-")
            built.append(
                {
                    "card_id": tables.CARDS[1].head["card_id"],
                    "name": f"additional handling by {kind.rpartition('_')[2]}, zone {zones}",
                    "kind": "FLAT",
                    "amount": row["value"],
                    "zone_from": zone_from,
                    "zone_to": "" if zones.endswith("+") else zone_to or zone_from,
                    "effective_from": row["effective_from"],
                    "group": "additional handling",
                    "source": row["source"],
                    # The condition stands in the first row only and holds for all zones.
                    "note": rows[0]["condition"],
                    **columns,
                }
            )
    return built


def _residential(extras: list[Row]) -> list[Row]:
    (row,) = (
        row for row in extras if row["service"] == "Home Delivery" and row["item"] == "residential"
    )
    return [
        {
            "card_id": tables.CARDS[1].head["card_id"],
            "name": "residential (Home Delivery)",
            "kind": "FLAT",
            "amount": row["value"],
            "residential": "yes",
            "effective_from": row["effective_from"],
            "source": row["source"],
            "note": row["condition"],
        }
    ]


def _bands(bands: list[Row]) -> list[Row]:
    return [
        {**row, "scheme": scheme, "carrier": carrier, "scope": scope}
        for scheme, carrier, scope, name in tables.SCHEMES
        for row in bands
        # A zone without a distance is one of the exceptions.
        if row["carrier"] == name and row["miles_over"]
    ]


def _exceptions() -> list[Row]:
    rows = [
        {"scheme": "usps", "zip_from": first, "zip_to": last, "zone": "9", "note": area}
        for first, last, area in tables.ASSOCIATED_STATES
    ]
    for scheme, _, scope, _ in tables.SCHEMES:
        if scope != "contiguous-us":
            continue
        zones = tables.RETAIL_OFFSHORE if scheme == "fedex-ground-retail" else {}
        rows += [
            {
                "scheme": scheme,
                "zip_from": first,
                "zip_to": last,
                "zone": zones.get(area, ""),
                "note": area,
            }
            for first, last, area in tables.OFFSHORE
        ]
    return rows


def _transit(transit: list[Row]) -> list[Row]:
    rows: list[Row] = []
    for row in transit:
        codes = tables.TRANSIT_SERVICES.get((row["carrier"], row["service"]))
        by_zone = row["kind"].endswith("by zone")
        everywhere = tables.SAME_TRANSIT_EVERYWHERE.get((row["carrier"], row["service"]), ())
        if codes is None or not (by_zone or everywhere):
            continue
        basis = "ASSUMPTION" if row["kind"].startswith("ASSUMPTION") else "PUBLISHED"
        rows += [
            {
                **row,
                "carrier": codes[0],
                "service": codes[1],
                "zone": zone,
                "basis": basis,
                "holiday_country": "US",
            }
            for zone in ([row["scope_or_zone"]] if by_zone else everywhere)
        ]
    return rows


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _text(columns: tuple[str, ...], rows: list[Row]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Rule sets, their cases, rate cards and imports, as files with something wrong in them."""

from __future__ import annotations

import csv
import io
import random
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from allocation.cli.failure import CommandError
from allocation.cli.importers.medusa import import_medusa
from allocation.cli.importers.plain_csv import COLUMNS, import_plain_csv
from allocation.cli.importers.reading import Imported, Reading
from allocation.cli.importers.shopify_inventory import import_shopify_inventory
from allocation.cli.importers.shopify_orders import import_shopify_orders
from allocation.cli.importers.shopify_products import import_shopify_products
from allocation.rule_cases.read import read_cases
from routing.errors import InvalidInputError
from routing.rating.load import parse_cards
from routing.rating.load_transit import parse_transit
from routing.rating.load_zones import parse_zone_bands
from routing.rules.checking import check_rule_set
from tests.fuzz.seeds import RULES
from tests.fuzz.texts import mutated

MOST_S: Final = 20.0
"""No file that people write takes nearly as long; what does, never ends for all we know."""
_DATA: Final = files("routing.rating").joinpath("data")
_PRESETS: Final = files("routing.rules.presets")


def _data(name: str) -> str:
    return _DATA.joinpath(name).read_text(encoding="utf-8")


def _rows(name: str, kept: Callable[[Mapping[str, str]], bool], most: int) -> str:
    """Return a shipped table with only some of its rows."""
    reader = csv.DictReader(io.StringIO(_data(name)))
    out = io.StringIO()
    writer = csv.DictWriter(out, reader.fieldnames or ())
    writer.writeheader()
    writer.writerows([row for row in reader if kept(row)][:most])
    return out.getvalue()


PLAIN: Final[Mapping[str, str]] = {
    "locations": "id,name,country,region,city,postal_code,tz,rank,currency,per_shipment,tags\n"
    "reno,Reno FC,US,NV,Reno,89502,America/Los_Angeles,1,USD,1.50,cold;west\n"
    '"dallas","Dallas ""Big"" FC",US,TX,Dallas,75201,,2,USD,,\n',
    "items": "id,sku,title,weight_kg,length_cm,width_cm,height_cm,tags,unit_value,currency\n"
    "mug,MUG-1,A mug,0.35,10,10,12,fragile,9.90,USD\ntea,TEA-1,Tea,0.12,,,,,4,USD\n",
    "levels": "item_id,location_id,available\nmug,reno,5\nmug,dallas,0\ntea,reno,2.5\n",
    "orders": "order_id,country,postal_code,sku,quantity,unit_price,currency,placed_time,"
    "residential\n"
    "1001,US,10001,MUG-1,2,9.90,USD,2026-11-02T15:00:00Z,yes\n1001,US,10001,TEA-1,1,4,USD,,\n",
}
SHOPIFY_INVENTORY: Final = (
    "Handle,Title,Option1 Name,Option1 Value,SKU,Location,Available\n"
    "mug,Mug,Color,Blue,MUG-1,Reno FC,5\nmug,Mug,Color,Red,MUG-2,Dallas FC,not stocked\n"
)
SHOPIFY_ORDERS: Final = (
    "Name,Email,Financial Status,Fulfillment Status,Currency,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem sku,Shipping Zip,Shipping Province,Shipping Country\n"
    "#1001,a@example.com,paid,,USD,2026-11-02 10:00:00 -0500,2,Mug,9.90,MUG-1,'10001,NY,US\n"
    "#1001,,,,,,1,Tea,4.00,TEA-1,,,\n"
)
SHOPIFY_PRODUCTS: Final = (
    "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Policy,"
    "Variant Price,Variant Requires Shipping\nmug,Mug,Color,Blue,MUG-1,350,deny,9.90,true\n"
)
MEDUSA_PRODUCTS: Final = (
    "Product Id;Product Handle;Product Title;Variant Id;Variant Title;Variant SKU;Variant Weight;"
    "Variant Length;Variant Width;Variant Height;Variant Allow Backorder\n"
    "prod_1;mug;Mug;variant_1;Blue;MUG-1;350;10;10;12;false\n"
)


@dataclass(frozen=True)
class Target:
    """A reader of texts: given changed ones, it returns what came of them in a word."""

    name: str
    texts: tuple[str, ...]
    read: Callable[[Sequence[str]], str]


def _rules(texts: Sequence[str]) -> str:
    rule_set, findings = check_rule_set(texts[0], "try")
    assert rule_set is not None or findings, "refused without a finding"
    return "usable" if rule_set is not None else "refused"


def _cases(texts: Sequence[str]) -> str:
    cases, findings = read_cases(texts[0], None)
    assert cases is not None or findings, "refused without a finding"
    return "usable" if cases is not None else "refused"


def _parsed(parse: Callable[..., Any]) -> Callable[[Sequence[str]], str]:
    def read(texts: Sequence[str]) -> str:
        try:
            parse(*texts)
        except InvalidInputError as error:
            return "refused" if error.violations else "refused without a reason"
        return "usable"

    return read


def _imported(importer: Callable[[Path, Reading], Imported]) -> Callable[[Sequence[str]], str]:
    def read(texts: Sequence[str]) -> str:
        reading = Reading()
        with tempfile.NamedTemporaryFile("wb", suffix=".csv", dir=_FAST) as file:
            file.write(texts[0].encode("utf-8", "surrogatepass"))
            file.flush()
            try:
                importer(Path(file.name), reading)
            except CommandError:
                return "refused"
        return "with problems" if reading.problems else "usable"

    return read


_FAST: Final = "/dev/shm" if Path("/dev/shm").is_dir() else None


def _plain(kind: str) -> Target:
    def importer(file: Path, reading: Reading) -> Imported:
        options: dict[str, Path] = {kind: file}
        return import_plain_csv(reading, **options)

    return Target(f"{kind}.csv", (PLAIN[kind],), _imported(importer))


def _presets(suffix: str) -> tuple[str, ...]:
    return tuple(
        each.read_text(encoding="utf-8")
        for each in sorted(_PRESETS.iterdir(), key=lambda each: each.name)
        if each.name.endswith(".yaml") and each.name.endswith(".cases.yaml") == bool(suffix)
    )


def targets() -> Mapping[str, tuple[Target, ...]]:
    """Return every reader by family."""
    card = next(csv.DictReader(io.StringIO(_data("cards.csv"))))
    names = [name for name in card if name in ("card_id", "card", "id")]
    key = card[names[0]]

    def of_card(row: Mapping[str, str]) -> bool:
        return key in row.values()

    cards = tuple(
        _rows(name, of_card, most)
        for name, most in (("cards.csv", 1), ("rates.csv", 60), ("surcharges.csv", 10))
    )
    transit = "\n".join(_data("transit_days.csv").splitlines()[:12]) + "\n"
    zones = (
        _data("zone_bands.csv"),
        "\n".join(_data("zone_exceptions.csv").splitlines()[:6]) + "\n",
    )
    assert set(PLAIN) == set(COLUMNS)
    return {
        "rules": tuple(
            [Target("rule set", (text,), _rules) for text in (RULES, *_presets(""))]
            + [Target("cases", (text,), _cases) for text in _presets(".cases")]
        ),
        "tables": (
            Target("rate cards", cards, _parsed(parse_cards)),
            Target("transit", (transit,), _parsed(parse_transit)),
            Target("zones", zones, _parsed(parse_zone_bands)),
            *(_plain(kind) for kind in PLAIN),
            Target("shopify inventory", (SHOPIFY_INVENTORY,), _imported(import_shopify_inventory)),
            Target("shopify orders", (SHOPIFY_ORDERS,), _imported(import_shopify_orders)),
            Target("shopify products", (SHOPIFY_PRODUCTS,), _imported(import_shopify_products)),
            Target(
                "medusa products",
                (MEDUSA_PRODUCTS,),
                _imported(lambda file, reading: import_medusa([file], reading, "cm")),
            ),
        ),
    }


class Files:
    """Makes and answers inputs of one family of readers."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._targets = targets()[name]
        self._texts = tuple({text for each in self._targets for text in each.texts})

    async def answer(self, rng: random.Random) -> tuple[str, str, str]:
        """Answer one input: what kind of answer it got, what is wrong with it, and the input."""
        target = rng.choice(self._targets)
        texts = list(target.texts)
        index = rng.randrange(len(texts))
        texts[index] = mutated(rng, texts[index], self._texts, rng.choice((1, 1, 2, 3, 6)))
        begin_s = time.monotonic()
        try:
            kind = target.read(texts)
        except Exception as error:  # noqa: BLE001 - whatever comes out is a finding
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(last.filename).name}:{last.lineno}"
            problem = f"{target.name}: {type(error).__name__} in {where}: {str(error)[:100]}"
            return "error", problem, repr(texts[index])
        if time.monotonic() - begin_s > MOST_S:
            return "slow", f"{target.name}: took {time.monotonic() - begin_s:.0f} s", repr(texts)
        return f"{target.name}: {kind}", "", ""

    async def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

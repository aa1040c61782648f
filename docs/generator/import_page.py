"""The page of import formats: the columns that each import reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Final

from allocation.cli.importers import (
    medusa,
    medusa_items,
    medusa_product_csv,
    shopify_inventory,
    shopify_names,
    shopify_orders,
    shopify_products,
)
from allocation.cli.importers.plain_csv import COLUMNS
from docs.generator import import_tables as tables
from docs.generator.columns_read import names_read, words_in
from docs.generator.markdown import code, page, prose, table
from docs.generator.problem import require_same

_WHERE: Final = "docs/generator/import_tables.py"

_INTRO: Final = """\
What [`shipfrom import`](cli.md#shipfrom-import) reads. CSV files are UTF-8 with commas; the case of
column names does not matter. Every problem of a file is reported at once with its line and column,
and nothing is written as long as there is one, unless `--skip-bad-rows` is given."""

_OWN: Final = """\
Columns marked *needed* must be there and filled; those of an order that say where it goes count on
its first row. A column that is not listed is a problem: a
misspelt name is never ignored. Amounts are decimals in the row's `currency`."""

_MEDUSA: Final = """\
JSON as the admin API of Medusa v2 answers, in one file or many, each with at least one of these
lists. A list that says to be one page of several is a problem."""

_SHOPIFY: Final = "Columns that are not listed are passed over. Case and order do not matter."


def import_page() -> str:
    """Return the page.

    Raises
    ------
    DocsError
        An importer reads something that is not explained, or the other way round.
    """
    _check()
    blocks = [_INTRO, "## ShipFrom's own tables", _OWN]
    for name, layout in COLUMNS.items():
        blocks += [f"### {name.capitalize()}", _plain(name, layout.required, layout.optional)]
    blocks += ["## Shopify", _SHOPIFY]
    for title, columns in (
        ("Inventory export", tables.SHOPIFY_INVENTORY),
        ("Product export", tables.SHOPIFY_PRODUCTS),
        ("Order export", tables.SHOPIFY_ORDERS),
    ):
        blocks += [f"### {title}", _columns(columns)]
    blocks += [
        "No e-mail address, name, street or telephone number is carried over.",
        "## Medusa",
        _MEDUSA,
        table(("list", "what is read of its entries"), _code_first(tables.MEDUSA)),
        "### Product CSV",
        "The template with semicolons and the export with commas are both read.",
        _columns(tables.MEDUSA_CSV),
    ]
    return page("Import formats", blocks)


def _check() -> None:
    require_same(tables.PLAIN, COLUMNS, "tables", _WHERE)
    for name, layout in COLUMNS.items():
        known = (*layout.required, *layout.optional)
        require_same(tables.PLAIN[name], known, f"columns of {name}", _WHERE)
    names = shopify_names
    _check_read(tables.SHOPIFY_INVENTORY, "inventory columns", shopify_inventory, names)
    _check_read(tables.SHOPIFY_PRODUCTS, "product columns", shopify_products)
    _check_read(tables.SHOPIFY_ORDERS, "order columns", shopify_orders)
    _check_read(tables.MEDUSA_CSV, "Medusa columns", medusa_product_csv)
    _check_read(tables.MEDUSA_KEYS, "Medusa keys", medusa, medusa_items)
    require_same(tables.MEDUSA, medusa.LISTS, "Medusa lists", _WHERE)


def _check_read(explained: Iterable[str], what: str, *modules: ModuleType) -> None:
    """Check that all that is read is explained, and all that is explained is in the code."""
    read = names_read(*modules)
    # Some names reach the reading call through a variable.
    in_code = read | (words_in(*modules) & frozenset(explained))
    require_same(explained, in_code, what, _WHERE)


def _plain(name: str, required: tuple[str, ...], optional: tuple[str, ...]) -> str:
    meanings = tables.PLAIN[name]
    rows = [(code(column), "needed", meanings[column]) for column in required]
    rows += [(code(column), "", meanings[column]) for column in optional]
    return table(("column", "", "meaning"), rows)


def _columns(meanings: Mapping[str, str]) -> str:
    return table(("column", "what it is used for"), _code_first(meanings))


def _code_first(meanings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((code(name), prose(text)) for name, text in meanings.items())

"""The table of generated pages, and how they are written and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from allocation.rule_cases.json_schema import cases_schema, rules_schema
from docs.generator.cli_page import cli_page
from docs.generator.contract_page import PAGES as CONTRACT_PAGES
from docs.generator.contract_page import contract_page
from docs.generator.errors_page import errors_page
from docs.generator.import_page import import_page
from docs.generator.metrics_page import metrics_page
from docs.generator.permissions_page import permissions_page
from docs.generator.planning_page import planning_page
from docs.generator.problem import DocsError
from docs.generator.rules_page import rules_page
from docs.generator.settings_page import settings_page

REFERENCE: Final = Path(__file__).resolve().parent.parent / "reference"

PAGES: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {
        "cli.md": cli_page,
        "errors.md": errors_page,
        "import-formats.md": import_page,
        "metrics.md": metrics_page,
        "permissions.md": permissions_page,
        "planning.md": planning_page,
        "rules.cases.schema.json": cases_schema,
        "rules.md": rules_page,
        "rules.schema.json": rules_schema,
        "settings.md": settings_page,
        **{name: partial(contract_page, package) for package, name in CONTRACT_PAGES.items()},
    }
)
"""By file name below ``docs/reference``."""


def write(folder: Path = REFERENCE) -> None:
    """Write every page.

    Raises
    ------
    DocsError
        A page cannot be written; then none is.
    """
    texts = _texts()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_bytes(text)


def check(folder: Path = REFERENCE) -> None:
    """Compare every page with what the code says, byte for byte.

    Raises
    ------
    DocsError
        With the name of every page that is stale or missing.
    """
    found = [
        f"{name}: {'stale' if (folder / name).exists() else 'missing'}"
        for name, text in _texts().items()
        if not (folder / name).exists() or (folder / name).read_bytes() != text
    ]
    if found:
        listed = "\n  ".join(found)
        raise DocsError(
            f"reference pages are not what the code says:\n  {listed}\n"
            "run `make generate` and commit the result"
        )


def _texts() -> dict[str, bytes]:
    return {name: PAGES[name]().encode() for name in sorted(PAGES)}

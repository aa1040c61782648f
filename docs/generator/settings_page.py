"""The page of settings: how a server is set up, and the limits of what it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from allocation.cli.commands.serve import OPTIONS
from allocation.server import paging, put_rate_cards
from allocation.server.budget import DEFAULT_BUDGET_S, LEAST_MARGIN_S, MARGIN_SHARE
from allocation.server.codec import (
    decimal,
    findings,
    item,
    kits,
    location,
    money,
    policy,
    rate_card,
)
from allocation.server.config.knobs import KNOBS, Knob
from allocation.server.request_decoder import MOST_TTL_S
from docs.generator.markdown import code, page, prose, table
from docs.generator.numpydoc import attributes_of
from docs.generator.problem import DocsError
from routing.errors import InvalidInputError

_RANGE: Final = re.compile(r"\[[^]]*\]")

_INTRO: Final = """\
Settings are fixed once a server runs. Each can be given in a settings file (TOML, `--config` or
`SHIPFROM_CONFIG`), in an environment variable, and with `--set name=value`; some have an option of
[`shipfrom serve`](cli.md#shipfrom-serve) beside. **Options win over variables, variables over the
file.** A name with a dot is a key in a table of the file: `security.rate_per_s` is `rate_per_s`
under `[security]`. Relative paths in the file start from the file's directory.

[`shipfrom config check`](cli.md#shipfrom-config-check) tells every problem at once and starts
nothing; [`shipfrom config show`](cli.md#shipfrom-config-show) lists every setting with its
origin."""


def settings_page() -> str:
    """Return the page.

    Raises
    ------
    DocsError
        A setting is not explained.
    """
    return page(
        "Settings and limits",
        [
            _INTRO,
            table(
                ("setting", "option", "variable", "default", "range", "meaning"),
                _setting_rows(lambda name: not name.startswith("limits.")),
            ),
            "## Limits of one request",
            "A limit of N admits exactly N. Beyond it the answer is `REQUEST_TOO_LARGE`.",
            table(
                ("setting", "option", "variable", "default", "range", "meaning"),
                _setting_rows(lambda name: name.startswith("limits.")),
            ),
            "## Other limits",
            "Beyond them the answer is `INVALID_REQUEST`, unless something else is said here.",
            table(("what", "limit"), ((what, limit) for what, limit in _other_limits())),
        ],
    )


def _setting_rows(wanted: Callable[[str], bool]) -> Iterator[tuple[str, ...]]:
    for knob in KNOBS.values():
        if not wanted(knob.name):
            continue
        described = attributes_of(knob.owner)
        if knob.attribute not in described:
            raise DocsError(f"{knob.owner.__name__} does not explain {knob.attribute}")
        yield (
            code(knob.name),
            ", ".join(map(code, OPTIONS.get(knob.name, ()))) or "",
            code(knob.variable),
            _default(knob),
            _range(knob),
            prose(described[knob.attribute]),
        )


def _default(knob: Knob) -> str:
    if knob.name == "threads":
        return "one per processor, at least 2"
    if knob.name == "store":
        return "a SQLite file in the data directory"
    if knob.default in (None, (), ""):
        return "none"
    return code(str(knob.default).lower() if isinstance(knob.default, bool) else str(knob.default))


def _range(knob: Knob) -> str:
    """Return the range that the settings themselves name when a value is below it."""
    if knob.type not in (int, float):
        return ""
    below: dict[str, Any] = {knob.attribute: -1}
    try:
        knob.owner(**below)
    except InvalidInputError as error:
        found = _RANGE.search(error.violations[0].message)
        return code(found.group()) if found else ""
    return ""


def _other_limits() -> Iterator[tuple[str, str]]:
    yield "a quantity ordered", f"above 0, at most {decimal.MOST_QUANTITY:,}"
    yield "an amount of money", f"{money.MOST_MINOR:,} minor units"
    yield "weight of an item", f"{item.MOST_WEIGHT_G:,} g"
    yield "components of one kit or line", f"{item.MOST_COMPONENTS}"
    yield "different items in a kit, through all levels", f"{kits.MOST_PARTS:,}"
    yield "carrier services of a location", f"{location.MOST_CARRIER_SERVICES}"
    yield "surcharges of a rate card", f"{rate_card.MOST_SURCHARGES}"
    yield "rate cards in the network", f"{put_rate_cards.MOST_RATE_CARDS:,}"
    yield "zone schemes in the network", f"{put_rate_cards.MOST_SCHEMES}"
    yield "`options.alternatives`", f"{policy.MOST_ALTERNATIVES}"
    yield "`options.solve_budget`", f"above 0 s, at most {policy.MOST_BUDGET_S} s"
    yield "`options.solve_budget` when it is absent", f"{DEFAULT_BUDGET_S:g} s"
    yield (
        "what is kept of a deadline for the way back",
        f"{MARGIN_SHARE:.0%} of what is left, at least {LEAST_MARGIN_S * 1000:g} ms",
    )
    yield "`hold_ttl`", f"1 s to {MOST_TTL_S:,} s"
    yield "`page_size`", f"{paging.MOST_PAGE_SIZE:,}; 0 means {paging.DEFAULT_PAGE_SIZE}"
    yield "a page of a list", f"cut short at {paging.MOST_PAGE_BYTES >> 20} MiB"
    yield "violations that are collected", f"the first {findings.MOST_VIOLATIONS:,}"
    yield "warnings of one answer", f"the first {findings.MOST_WARNINGS}"

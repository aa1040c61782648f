"""The page of settings: how a server is set up, and the limits of what it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from typing import Any, Final

from typer.main import get_command

from allocation.cli.app import app
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
from allocation.server.limits import RequestLimits
from allocation.server.request_decoder import MOST_TTL_S
from allocation.server.security.settings import SecuritySettings
from allocation.server.settings import ServerSettings, default_threads
from docs.generator.markdown import code, page, prose, table
from docs.generator.numpydoc import attributes_of
from docs.generator.problem import require_same
from routing.errors import InvalidInputError

_WHERE: Final = "docs/generator/settings_page.py"

FLAGS: Final = {
    "host": ("host",),
    "port": ("port",),
    "share_port": ("share_port",),
    "threads": ("threads",),
    "queue": ("queue",),
    "receive_bytes": (),
    "send_bytes": (),
    "limits": (),
    "security": (),
    "network_files": ("network", "items", "rate_cards"),
    "shipped_rates": ("shipped_rates",),
    "store": ("store",),
    "stock_poll_s": (),
    "rules_poll_s": (),
    "stock_stale_s": (),
    "reflection": ("reflection",),
    "grace_s": ("grace",),
    "log_level": ("log_level",),
}
"""From a setting to the options of ``shipfrom serve`` that set it."""

_RANGE: Final = re.compile(r"\[[^]]*\]")

_INTRO: Final = """\
Settings are fixed once a server runs. Each option of [`shipfrom serve`](cli.md#shipfrom-serve) sets
one; where an environment variable is named, the option wins over it. Those without an option are
for programs that start a server themselves
(`allocation.server.settings.ServerSettings`)."""


def settings_page() -> str:
    """Return the page.

    Raises
    ------
    DocsError
        A setting or an option of ``shipfrom serve`` is not explained.
    """
    options = _serve_options()
    require_same(FLAGS, (each.name for each in fields(ServerSettings)), "settings", _WHERE)
    flagged = [name for names in FLAGS.values() for name in names]
    require_same(flagged, options, "options of shipfrom serve", _WHERE)
    return page(
        "Settings and limits",
        [
            _INTRO,
            table(
                ("setting", "option", "environment", "default", "range", "meaning"),
                _setting_rows(options),
            ),
            "## Limits of one request",
            "A limit of N admits exactly N. Beyond it the answer is `REQUEST_TOO_LARGE`.",
            table(("what", "most", "where it counts"), _request_rows()),
            "## Other limits",
            "Beyond them the answer is `INVALID_REQUEST`, unless something else is said here.",
            table(("what", "limit"), ((what, limit) for what, limit in _other_limits())),
        ],
    )


def _serve_options() -> dict[str, Any]:
    command: Any = get_command(app)
    return {each.name: each for each in command.commands["serve"].params}


def _setting_rows(options: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    described = attributes_of(ServerSettings)
    require_same(described, FLAGS, "settings", "the docstring of ServerSettings")
    for setting in fields(ServerSettings):
        flags = [options[name] for name in FLAGS[setting.name]]
        yield (
            code(setting.name),
            ", ".join(code(flag.opts[0]) for flag in flags) or "none",
            ", ".join(code(flag.envvar) for flag in flags if flag.envvar) or "none",
            _default(setting),
            _range(setting.name),
            prose(described[setting.name]),
        )


def _default(setting: Field[Any]) -> str:
    if setting.default_factory is default_threads:
        return "one per processor, at least 2"
    if setting.default_factory in (RequestLimits, SecuritySettings):
        return "see below"
    value = setting.default
    if value is MISSING or value == ():
        return "none"
    return code(str(value))


def _range(name: str) -> str:
    """Return the range that the settings themselves name when a value is below it."""
    if name in {"host", "log_level", "limits", "network_files", "security", "store"}:
        return ""
    below: dict[str, Any] = {name: -1}
    try:
        ServerSettings(**below)
    except InvalidInputError as error:
        found = _RANGE.search(error.violations[0].message)
        return code(found.group()) if found else ""
    return ""


def _request_rows() -> Iterator[tuple[str, ...]]:
    described = attributes_of(RequestLimits)
    for limit in fields(RequestLimits):
        yield limit.name.replace("_", " "), f"{limit.default:,}", prose(described[limit.name])


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

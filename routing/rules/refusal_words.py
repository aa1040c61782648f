"""What to say about each thing that a model can refuse: what is there, then the way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel

from routing.rules.conditions.hints import closest, hint
from routing.rules.model_keys import holders_of, keys_of, model_at
from routing.rules.places import Path, path_text


@dataclass(frozen=True, slots=True)
class Refused:
    """One thing that a model refuses.

    Attributes
    ----------
    model
        Of the whole file.
    kind
        Pydantic's name of the kind of error.
    given
        The value.
    written
        The value as it stands in the file; empty for lists, mappings and missing keys.
    context
        Pydantic's details: limits, expected values.
    digits
        Decimals of the file's currency.
    """

    model: type[BaseModel]
    kind: str
    path: Path
    given: Any
    written: str
    context: Mapping[str, Any]
    digits: int

    @property
    def key(self) -> str:
        """Name of the key, of the list for an entry of one."""
        return next((str(part) for part in reversed(self.path) if isinstance(part, str)), "")

    @property
    def shown(self) -> str:
        """The value, for people."""
        if self.written:
            return self.written
        if isinstance(self.given, dict):
            return "a mapping"
        return "a list" if isinstance(self.given, list) else repr(self.given)

    @property
    def bare(self) -> str:
        """What was written, without quotes."""
        return self.written.strip("'\"")


def words_for(refused: Refused) -> str | None:
    """Return the message about something refused, ``None`` for a kind that has none."""
    say = _WORDS.get(refused.kind)
    return None if say is None else say(refused)


def _unknown_key(refused: Refused) -> str:
    key = str(refused.path[-1])
    section = model_at(refused.model, refused.path[:-1])
    known = [] if section is None else keys_of(section)
    if closest(key, known) is None:
        holders = [path for path in holders_of(refused.model, key) if path]
        if holders:
            named = " or ".join(path_text(path) for path in holders[:3])
            return f"is no key here; it belongs under {named}"
    return f"is no key here{hint(key, known)}"


def _missing(refused: Refused) -> str:
    return f"is missing{_FOR_WHAT.get(refused.key, '')}"


_FOR_WHAT: Final = {
    "version": "; begin the file with version: 1",
    "name": "; every rule has a name, it is shown in costs and explanations",
    "location": "; say which locations, for instance location: \"location.kind == 'store'\"",
    "when": "; say for which orders, for instance when: \"order.channel == 'web'\"",
    "units": "; say how many units",
    "policy": "; write allow or deny",
    "expect": "; say what the plan is to be, for instance ships_from: [dallas]",
}


def _whole_number(refused: Refused) -> str:
    if refused.key.endswith("_minor") or "_minor_" in refused.key:
        return f"is {refused.shown}; {_minor_way_out(refused)}"
    quoted = refused.bare != refused.written and refused.bare.lstrip("-").isdigit()
    without = f", without quotes: {refused.bare}" if quoted else ""
    return f"is {refused.shown}; give a whole number{without}"


_MOST_DIGITS: Final = 12
"""Nobody means an amount with more; some that can be written down fill the memory."""


def _minor_way_out(refused: Refused) -> str:
    bare = refused.bare.strip("$€£ ").replace(",", ".")
    if not refused.digits:
        return "give a whole number; the currency has no smaller unit"
    general = f"give a whole number of minor units, such as 450 for {_as_major(450, refused)}"
    try:
        amount = Decimal(bare)
        if amount.adjusted() > _MOST_DIGITS:
            return general
        minor = amount.scaleb(refused.digits)
        if "." not in bare:
            return f"give a whole number without quotes: {int(amount)}"
        if minor != minor.to_integral_value():
            return general
    except (InvalidOperation, ValueError, OverflowError):
        return general
    return f"amounts are whole minor units: for {bare} write {int(minor)}"


def _as_major(minor: int, refused: Refused) -> str:
    return str(Decimal(minor).scaleb(-refused.digits))


def _text(refused: Refused) -> str:
    if isinstance(refused.given, list | dict):
        return f"is {refused.shown}; give a text"
    return f"is {refused.shown}; put it into quotes to make it a text"


def _flag(refused: Refused) -> str:
    word = refused.bare.lower()
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(word, word)
    sure = meant if meant in {"true", "false"} else "true or false"
    return f"is {refused.shown}; write {sure}"


def _choice(refused: Refused) -> str:
    if refused.path == ("version",):
        return f"is {refused.shown}; this program reads version 1"
    expected = str(refused.context["expected"]).replace(" or ", ", ").split(", ")
    known = [each.strip("'") for each in expected]
    if refused.path[-1] == "strategy":
        return f"is {refused.shown}; write cheapest, or a list of objectives such as [closest]"
    return f"is {refused.shown}{hint(str(refused.given), known)}"


def _date(refused: Refused) -> str:
    return f"is {refused.shown}; give a day as year-month-day without quotes, such as 2026-11-27"


def _too_small(refused: Refused) -> str:
    if refused.key == "penalty_minor":
        return f"is {refused.shown}; for an amount that lowers the cost use credit_minor"
    return f"is {refused.shown}; it must be at least {refused.context['ge']}"


def _pattern(refused: Refused) -> str:
    if refused.key in _PATTERNS:
        return f"is {refused.shown}; give {_PATTERNS[refused.key]}"
    return (
        f"is {refused.shown}; a name has lower-case letters, digits and hyphens, such as "
        f"{_as_name(str(refused.given))}"
    )


def _mapping(refused: Refused) -> str:
    section = model_at(refused.model, refused.path)
    key = "name" if section is None else keys_of(section)[0]
    example = _EXAMPLES.get(key, "keep-stores" if key == "name" else "150")
    return f"is {refused.shown}; give keys and values, such as {key}: {example}"


_EXAMPLES: Final = {"lines": "whole", "id": "dallas"}


_PATTERNS: Final = {
    "currency": "an ISO 4217 code such as USD",
    "cutoff": "a local time of day such as '14:00'",
}


def _as_name(given: str) -> str:
    letters = "".join(each if each.isalnum() and each.isascii() else "-" for each in given.lower())
    return "-".join(part for part in letters.split("-") if part) or "keep-stores"


_WORDS: Final[Mapping[str, Callable[[Refused], str]]] = MappingProxyType(
    {
        "extra_forbidden": _unknown_key,
        "missing": _missing,
        "int_type": _whole_number,
        "string_type": _text,
        "string_unicode": lambda _: "holds a character that there is not; remove it",
        "bool_type": _flag,
        "literal_error": _choice,
        "date_type": _date,
        "datetime_type": lambda r: (
            f"is {r.shown}; give a time with its offset in quotes, such as '2026-11-27T15:00Z'"
        ),
        "value_error": lambda r: f"is {r.shown}; {r.context['error']}",
        "greater_than_equal": _too_small,
        "less_than_equal": lambda r: f"is {r.shown}; it may be at most {r.context['le']}",
        "string_pattern_mismatch": _pattern,
        "string_too_short": lambda _: "is empty; give a text",
        "string_too_long": lambda r: (
            f"is {len(str(r.given))} characters long; it may have {r.context['max_length']}"
        ),
        "too_short": lambda _: "is empty; give at least one entry",
        "too_long": lambda r: f"has too many entries; it may have {r.context['max_length']}",
        "tuple_type": lambda r: f"is {r.shown}; give a list, each entry after a '-'",
        "dict_type": lambda r: f"is {r.shown}; give keys and values, such as cup: 3",
        "model_type": _mapping,
    }
)
"""Kind of pydantic error to message."""

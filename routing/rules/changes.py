"""What differs between two rule sets, in terms of policy: knobs and rules, not lines of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from routing.rating.minor_units import decimals_of
from routing.rules.schema import RuleSetFile
from routing.rules.schema.base import Rule


class ChangeKind(Enum):
    """What happened to a knob or a rule."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One difference.

    Attributes
    ----------
    path
        Of the key: ``"split.max_shipments"``, ``"prefer[stores-first].credit_minor"``.
    what
        The key in words: ``"Most shipments per order"``; for a rule, what it says.
    old, new
        Values in words, with their units; ``None`` where a rule is added or removed.
    """

    kind: ChangeKind
    path: str
    what: str
    old: str | None = None
    new: str | None = None

    def sentence(self) -> str:
        """Return the difference as one line."""
        if self.kind is ChangeKind.CHANGED:
            return f"changed  {self.path}: {self.what}: {self.old} -> {self.new}"
        return f"{self.kind.value:<8} {self.path}: {self.what}"


def policy_changes(old: RuleSetFile, new: RuleSetFile) -> tuple[PolicyChange, ...]:
    """Return every difference that could change a decision or what people read.

    Comments, the order of keys, and the order of rules where it means nothing do not count.
    """
    return tuple(_sections(old, new, "", (old.currency, new.currency)))


_AS_AT_THE_TOP: Final = "As at the top"

Currencies = tuple[str | None, str | None]

ORDERED: Final = ("require", "exceptions")
"""Lists in which the order of rules means something: who is named first, whose knob holds."""


def _sections(
    old: BaseModel, new: BaseModel, path: str, currencies: Currencies
) -> Iterator[PolicyChange]:
    for name, field in type(old).model_fields.items():
        before, after = getattr(old, name), getattr(new, name)
        here = f"{path}.{_key(name, field)}".lstrip(".")
        if before == after:
            continue
        if isinstance(before, BaseModel) and isinstance(after, BaseModel):
            yield from _sections(before, after, here, currencies)
        elif _are_rules(before) or _are_rules(after):
            yield from _rules(before, after, here, currencies)
        else:
            was = _words(name, before, field, currencies[0])
            now = _words(name, after, field, currencies[1])
            # To write a default out changes nothing.
            if was != now:
                yield PolicyChange(ChangeKind.CHANGED, here, title_of(name, field), was, now)


def _rules(
    old: Sequence[Rule], new: Sequence[Rule], path: str, currencies: Currencies
) -> Iterator[PolicyChange]:
    before, after = {each.name: each for each in old}, {each.name: each for each in new}
    for name, rule in before.items():
        if name not in after:
            said = _summary(rule, currencies[0])
            yield PolicyChange(ChangeKind.REMOVED, f"{path}[{name}]", said)
    for name, rule in after.items():
        if name not in before:
            said = _summary(rule, currencies[1])
            yield PolicyChange(ChangeKind.ADDED, f"{path}[{name}]", said)
        else:
            yield from _sections(before[name], rule, f"{path}[{name}]", currencies)
    common = [name for name in before if name in after]
    moved = [name for name in after if name in before]
    if path in ORDERED and common != moved:
        said = "Which rule comes first"
        yield PolicyChange(
            ChangeKind.CHANGED, path, said, ", then ".join(common), ", then ".join(moved)
        )


def _are_rules(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(v, Rule) for v in value)


def _summary(rule: Rule, currency: str | None) -> str:
    """Return what a rule says: everything that is not left at its default."""
    return "; ".join(_told(rule, currency)) or "says nothing"


def _told(section: BaseModel, currency: str | None) -> Iterator[str]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if name == "name" or (value == field.default and not field.is_required()):
            continue
        if isinstance(value, BaseModel):
            yield from _told(value, currency)
        else:
            yield f"{_lowered(title_of(name, field))}: {_words(name, value, field, currency)}"


def _key(name: str, field: FieldInfo) -> str:
    return field.alias or name


def title_of(name: str, field: FieldInfo) -> str:
    """Return what a key means in a few words: the first part of its description."""
    text = (field.description or "").removeprefix("With hard: false: ")
    if text.startswith(_AS_AT_THE_TOP):
        text = RuleSetFile.model_fields[name].description or ""
    if text.startswith("Condition on"):
        text = text.partition(": ")[2] or text
    first = re.split(r"[.:;]( |$)", text, maxsplit=1)[0]
    said = first.partition(", in minor units")[0].partition(", in the rule set's")[0]
    return said[:1].upper() + said[1:]


def _lowered(text: str) -> str:
    return text if text[:3].isupper() else text[:1].lower() + text[1:]


def default_of(field: FieldInfo) -> str:
    """Return what a key means when it is left out, in the words of its description."""
    text = field.description or ""
    if text.startswith(_AS_AT_THE_TOP):
        return _AS_AT_THE_TOP.lower()
    found = re.search(r"Default:? (.+?)\.?$", text)
    return found.group(1) if found else "not set"


def _words(name: str, value: object, field: FieldInfo, currency: str | None) -> str:
    """Return a value in words, with its unit."""
    if value is None:
        said = default_of(field)
        return _money(int(said), currency) if _is_money(name) and said.isdecimal() else said
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return _money(value, currency) if _is_money(name) else f"{value:,}"
    if isinstance(value, tuple):
        return ", then ".join(str(each).replace("_", " ") for each in value) or "nothing"
    if value == "":
        return "nothing"
    is_prose = name in ("description", "because") or "Condition on" in (field.description or "")
    return str(value) if is_prose else str(value).replace("_", " ")


def _is_money(name: str) -> bool:
    return "minor" in name.split("_")


def _money(amount_minor: int, currency: str | None) -> str:
    if currency is None:
        return f"{amount_minor:,} minor units"
    digits = decimals_of(currency)
    whole, part = divmod(amount_minor, int(10**digits))
    return f"{whole:,}.{part:0{digits}d} {currency}" if digits else f"{whole:,} {currency}"

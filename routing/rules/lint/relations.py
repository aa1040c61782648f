"""How two conditions relate: whether one holds whenever the other does, or never with it."""

from __future__ import annotations

from datetime import date

from routing.rules.conditions.condition import Condition
from routing.rules.lint.outcomes import outcomes
from routing.rules.schema.base import Rule
from routing.rules.schema.towards import Towards


def never_holds(condition: Condition | None) -> bool:
    """Tell whether a condition is certain never to hold."""
    found = outcomes([condition])
    return found is not None and (True,) not in found


def always_holds(condition: Condition | None) -> bool:
    """Tell whether a condition is certain to hold whatever comes."""
    if condition is None:
        return True
    found = outcomes([condition])
    return found is not None and (False,) not in found


def implies(first: Condition | None, second: Condition | None) -> bool:
    """Tell whether `second` is certain to hold wherever `first` does."""
    if second is None or (first is not None and first.source == second.source):
        return True
    if not _share_a_field(first, second):
        return always_holds(second) or (first is not None and never_holds(first))
    found = outcomes([first, second])
    return found is not None and (True, False) not in found


def exclude(first: Condition | None, second: Condition | None) -> bool:
    """Tell whether two conditions are certain never to hold together."""
    if not _share_a_field(first, second):
        return never_holds(first) or never_holds(second)
    found = outcomes([first, second])
    return found is not None and (True, True) not in found


def relation_implies(first: Towards, second: Towards) -> bool:
    """Tell whether a location that lies as `first` wants lies as `second` wants."""
    near = second.within_km is None or (
        first.within_km is not None and first.within_km <= second.within_km
    )
    return near and second.destination in {None, first.destination}


def days_within(inner: Rule, outer: Rule) -> bool:
    """Tell whether a rule is in force only on days on which another one is."""
    starts = outer.from_ is None or (inner.from_ is not None and outer.from_ <= inner.from_)
    ends = outer.until is None or (inner.until is not None and inner.until <= outer.until)
    return starts and ends


def days_meet(first: Rule, second: Rule) -> bool:
    """Tell whether two rules are in force on some day together."""
    starts = max(first.from_ or date.min, second.from_ or date.min)
    ends = min(first.until or date.max, second.until or date.max)
    return starts <= ends


def _share_a_field(first: Condition | None, second: Condition | None) -> bool:
    if first is None or second is None:
        return False
    return any(
        set(names) & set(second.fields.get(subject, ())) for subject, names in first.fields.items()
    )

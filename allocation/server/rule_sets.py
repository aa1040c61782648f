"""The rule sets that a request can name."""

from __future__ import annotations

from typing import Final

from allocation.errors import UnknownRuleSetError
from allocation.server.codec.findings import shown
from routing.rules import RuleSet
from routing.rules.presets import DEFAULT, NAMES, PREFIX, preset

DEFAULT_RULE_SET: Final = f"{PREFIX}{DEFAULT}"


def rule_set(name: str) -> RuleSet:
    """Return the rule set of a name; an empty name means the default one.

    Raises
    ------
    UnknownRuleSetError
        With the names that are known.
    """
    wanted = (name or DEFAULT_RULE_SET).removeprefix(PREFIX)
    if (name and not name.startswith(PREFIX)) or wanted not in NAMES:
        known = ", ".join(f"{PREFIX}{each}" for each in sorted(NAMES))
        raise UnknownRuleSetError(
            f"no rule set is called {shown(name)}; known are: {known}",
            {"rule_set": name, "known": known},
        )
    return preset(wanted)


def known_rule_set(name: str) -> RuleSet:
    """Return the rule set of a name, or the default one when there is none of it."""
    try:
        return rule_set(name)
    except UnknownRuleSetError:
        return rule_set("")

"""The rule sets that a request can name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from allocation.errors import UnknownRuleSetError
from allocation.server.codec.findings import shown
from routing.sourcing.policy import Policy

DEFAULT_RULE_SET: Final = "preset:cheapest"

PRESETS: Final[Mapping[str, Policy]] = MappingProxyType(
    {DEFAULT_RULE_SET: Policy(name=DEFAULT_RULE_SET)}
)


def rule_set(name: str) -> Policy:
    """Return the policy of a rule set; an empty name means the default one.

    Raises
    ------
    UnknownRuleSetError
        With the names that are known.
    """
    policy = PRESETS.get(name or DEFAULT_RULE_SET)
    if policy is None:
        known = ", ".join(sorted(PRESETS))
        raise UnknownRuleSetError(
            f"no rule set is called {shown(name)}; known are: {known}",
            {"rule_set": name, "known": known},
        )
    return policy

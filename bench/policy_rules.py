"""The rule sets that are compared: ours, and the presets of how commerce systems choose."""

from __future__ import annotations

from typing import Final

from allocation.backtest.case import Contender
from routing.rules import RuleSet, parse_rule_set
from routing.rules.presets import DEFAULT, NAMES, PREFIX, preset

CHEAPEST: Final = f"{PREFIX}{DEFAULT}"
SPLITTING: Final = "cheapest-splitting"
"""As the default preset, with lines that may be divided: for comparison with peers that do."""

ALL: Final = (CHEAPEST, SPLITTING, *(f"{PREFIX}{name}" for name in NAMES if name != DEFAULT))

_SPLITTING_TEXT: Final = "version: 1\nsplit:\n  lines: may_split\n"


def contender(name: str) -> Contender:
    """Return a rule set of `ALL`.

    Raises
    ------
    KeyError
        There is none of that name.
    """
    return Contender(name, _rules(name))


def _rules(name: str) -> RuleSet:
    if name == SPLITTING:
        return parse_rule_set(_SPLITTING_TEXT, file_name=name, name=name)
    return preset(name.removeprefix(PREFIX))

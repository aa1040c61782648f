"""Rule sets that ship with the package: what people know from elsewhere, as readable files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from routing.rules.parse import parse_rule_set
from routing.rules.rule_set import RuleSet

PREFIX: Final = "preset:"
DEFAULT: Final = "cheapest"
NAMES: Final = (
    "cheapest",
    "medusa-default",
    "shopify-default",
    "magento-priority",
    "magento-distance",
    "salesforce-fewest-splits",
    "spree-minimize-splits",
)
"""All presets, the default first."""


@cache
def presets() -> Mapping[str, str]:
    """Return the text of every preset by name; read once per process."""
    return _texts(".yaml")


@cache
def preset_cases() -> Mapping[str, str]:
    """Return the text of every preset's cases file by name; read once per process."""
    return _texts(".cases.yaml")


def _texts(suffix: str) -> Mapping[str, str]:
    folder = files(__name__)
    return MappingProxyType(
        {name: folder.joinpath(f"{name}{suffix}").read_text(encoding="utf-8") for name in NAMES}
    )


@cache
def preset(name: str) -> RuleSet:
    """Return a preset; compiled once per process.

    Raises
    ------
    KeyError
        If there is no such preset.
    """
    text = presets()[name]
    return parse_rule_set(text, file_name=f"{name}.yaml", name=f"{PREFIX}{name}")

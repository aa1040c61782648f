"""Rules against a network: names that it does not have, sets that are empty, contradictions."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

import numpy as np

from routing.network import Network
from routing.rules.conditions.facts import item_facts
from routing.rules.conditions.hints import hint
from routing.rules.conditions.mentions import mentions
from routing.rules.conditions.situation import Situation
from routing.rules.lint.relations import days_meet, exclude
from routing.rules.lint.subject import Found, LintedRules, Remark
from routing.rules.location_sets import LocationSets
from routing.rules.relations import is_related


def _values(network: Network) -> Mapping[tuple[str, str], frozenset[str]]:
    locations, items = network.locations, network.items.values()
    item_tags = frozenset(tag for item in items for tag in item.tags)
    skus = frozenset(item.sku for item in items if item.sku)
    found = {
        ("location", "id"): frozenset(each.id for each in locations),
        ("location", "name"): frozenset(each.name for each in locations),
        ("location", "country"): frozenset(each.country or "" for each in locations),
        ("location", "region"): frozenset(each.region or "" for each in locations),
        ("location", "tz"): frozenset(each.tz for each in locations),
        ("location", "tags"): frozenset(tag for each in locations for tag in each.tags),
        ("location", "channels"): frozenset(name for each in locations for name in each.channels),
        ("location", "markets"): frozenset(name for each in locations for name in each.markets),
        ("line", "item_id"): frozenset(network.items),
        ("line", "sku"): skus,
        ("item", "id"): frozenset(network.items),
        ("item", "sku"): skus,
        ("item", "tags"): item_tags,
    }
    channels = found["location", "channels"]
    # Where no location names its channels, all of them serve every channel there is.
    return {**found, ("order", "channel"): channels} if channels else found


_MUCH_ALIKE: Final = 0.8
_WHAT: Final = {
    ("location", "tags"): "no location has the tag",
    ("location", "channels"): "no location names the channel",
    ("location", "markets"): "no location names the market",
    ("item", "tags"): "no item has the tag",
    ("order", "channel"): "no location serves the channel",
}


def unknown_names(rules: LintedRules, network: Network) -> Found:
    """Find names in conditions that nothing in the network has."""
    values = _values(network)
    for path, condition in rules.conditions():
        for each in mentions(condition.source):
            known = values.get((each.names[0], each.names[1])) if len(each.names) == 2 else None
            if known is None:
                continue
            for literal in each.values:
                if literal.value and literal.value not in known:
                    name = f"{each.names[0]}.{each.names[1]}"
                    what = _WHAT.get((each.names[0], each.names[1]), f"no {name} is")
                    message = f"{what} {literal.text}{hint(literal.value, sorted(known))}"
                    yield Remark(path, message, condition.source, literal.offset)


def misspelt_line_tags(rules: LintedRules, network: Network) -> Found:
    """Find tags of lines that no item has, and that are much like one that items have.

    A line may have tags of its own, so that one that is like no other is nobody's mistake.
    """
    known = frozenset(tag for item in network.items.values() for tag in item.tags)
    for path, condition in rules.conditions():
        for each in mentions(condition.source):
            if tuple(each.names) != ("line", "tags"):
                continue
            for literal in each.values:
                near = get_close_matches(literal.value, known, n=1, cutoff=_MUCH_ALIKE)
                if near and literal.value not in known:
                    message = f"no item has the tag {literal.text}; did you mean {near[0]!r}?"
                    yield Remark(path, message, condition.source, literal.offset)


def empty_sets(rules: LintedRules, network: Network) -> Found:
    """Find rules that mean no location, or no item, of the network."""
    compiled = rules.rule_set.rules
    sets = rules.rule_set.for_network(network)
    total = len(network.locations)
    for path, condition in rules.conditions():
        if path[-1] == "location" and not sets.where(condition).any():
            yield Remark(path, f"holds for none of the {total} locations")
    for hard in compiled.hard:
        if total and sets.where(hard.location).all() and not is_related(hard.source):
            path = (*rules.path_of(hard.source), "location")
            yield Remark(path, f"holds for all {total} locations: the rule rules nothing out")
    for stock in compiled.stock:
        items = (Situation(item=item_facts(item)) for item in network.items.values())
        if stock.item is not None and not any(stock.item.holds(each) for each in items):
            path = (*rules.path_of(stock.source), "item")
            yield Remark(path, f"holds for none of the {len(network.items)} items")


def contradictions_here(rules: LintedRules, network: Network) -> Found:
    """Find hard rules that leave locations each, and together none of the network."""
    sets: LocationSets = rules.rule_set.for_network(network)
    hard = rules.rule_set.rules.hard
    for number, second in enumerate(hard):
        for first in hard[:number]:
            mine, its = sets.where(second.location), sets.where(first.location)
            if (
                mine.any()
                and its.any()
                and not np.any(mine & its)
                and days_meet(first.source, second.source)
                and not exclude(first.when, second.when)
                and not exclude(first.location, second.location)
            ):
                yield Remark(
                    (*rules.path_of(second.source), "location"),
                    f"contradicts rule {first.source.name} in this network: none of its "
                    f"{len(network.locations)} locations meets both",
                )


def wrong_currency(rules: LintedRules, network: Network) -> Found:
    """Find a currency that is not that of the rate cards."""
    mine = rules.read.file.currency
    theirs = sorted({card.currency for card in network.cards.cards})
    if mine is not None and theirs and mine not in theirs:
        yield Remark(("currency",), f"is {mine}; the rate cards are in {', '.join(theirs)}")

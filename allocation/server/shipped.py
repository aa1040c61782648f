"""What comes with a version of the program and plans depend on: tables of rates, and presets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from allocation.server.codec.shipped_card import encode_shipped_card
from allocation.server.network_state import NetworkState
from allocation.v1 import decision_pb2
from routing.network import make_network
from routing.rating.card_book import CardBook
from routing.rating.load import CARDS_FILE, RATES_FILE, SURCHARGES_FILE, parse_cards
from routing.rating.load_transit import TRANSIT_FILE, parse_transit
from routing.rating.load_zones import BANDS_FILE, EXCEPTIONS_FILE, parse_zone_bands
from routing.rating.shipped_tables import RATE_TABLES, shipped_tables
from routing.rating.zone_resolver import ZoneResolver
from routing.rules.parse import parse_rule_set
from routing.rules.presets import PREFIX, presets
from routing.rules.rule_set import RuleSet

_VERSIONS: Final = 4
"""Versions of the program whose tables are kept ready at the same time."""


@lru_cache
def shipped_content(*, shipped_rates: bool) -> bytes:
    """Return everything that ships as one content, as records of decisions name it.

    Parameters
    ----------
    shipped_rates
        Whether the dated example rate cards are part of it.
    """
    texts = {f"{PREFIX}{name}": text for name, text in presets().items()}
    tables = shipped_tables()
    texts.update(
        (name, tables[name]) for name in tables if shipped_rates or name not in RATE_TABLES
    )
    return decision_pb2.ShippedData(
        files=[decision_pb2.ShippedFile(name=name, text=texts[name]) for name in sorted(texts)]
    ).SerializeToString(deterministic=True)


def initial_state(*, shipped_rates: bool) -> NetworkState:
    """Return a network without locations and items.

    Parameters
    ----------
    shipped_rates
        Whether it has the dated example rate cards. Zone schemes and transit days are
        always there.
    """
    return state_of(shipped_content(shipped_rates=shipped_rates))


@lru_cache(maxsize=_VERSIONS)
def state_of(content: bytes) -> NetworkState:
    """Return the network that a version of the program starts with.

    Raises
    ------
    routing.errors.InvalidInputError
        This version cannot read the tables of that one.
    """
    texts = _texts(content)
    rates = [texts[name] for name in (CARDS_FILE, RATES_FILE, SURCHARGES_FILE) if name in texts]
    cards = parse_cards(*rates) if rates else ()
    bands = parse_zone_bands(texts[BANDS_FILE], texts[EXCEPTIONS_FILE])
    resolvers = {each.scheme: ZoneResolver(each) for each in bands}
    return NetworkState(
        network=make_network(
            (), (), CardBook(cards), resolvers, parse_transit(texts[TRANSIT_FILE])
        ),
        rate_cards={card.id: encode_shipped_card(card) for card in cards},
    )


@lru_cache(maxsize=_VERSIONS)
def preset_of(content: bytes, name: str) -> RuleSet | None:
    """Return a preset, ``"preset:NAME"``, as it was in a version; ``None`` if it had none so named.

    Raises
    ------
    routing.rules.errors.RuleSetError
        This version cannot read the preset of that one.
    """
    text = _texts(content).get(name)
    if text is None:
        return None
    return parse_rule_set(text, file_name=f"{name.removeprefix(PREFIX)}.yaml", name=name)


def _texts(content: bytes) -> Mapping[str, str]:
    return {file.name: file.text for file in decision_pb2.ShippedData.FromString(content).files}

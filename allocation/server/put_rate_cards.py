"""Putting rate cards and zone charts: all or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.rate_card import decode_rate_card
from allocation.server.codec.text import slug
from allocation.server.codec.transit import decode_transit
from allocation.server.codec.zone_chart import decode_scheme, decode_zone_chart
from allocation.server.network_state import NetworkState
from routing.errors import InvalidInputError
from routing.ids import CarrierCode
from routing.network import Network, make_network
from routing.rating.card_book import CardBook
from routing.rating.rate_card import RateCard
from routing.rating.transit import TransitTable
from routing.rating.zone_bands import ZipException, ZoneBand, ZoneBands
from routing.rating.zone_resolver import ZoneResolver
from routing.rating.zones import UNKNOWN_ZONE, RateZone
from routing.v1 import rate_card_pb2

MOST_RATE_CARDS: Final = 1_000
MOST_SCHEMES: Final = 100

# Above every rate zone a card can have: what is not on a chart has no price.
_NO_SUCH_ZONE: Final = RateZone(1_000)


def put_rate_cards(
    state: NetworkState,
    cards: Sequence[rate_card_pb2.RateCard],
    charts: Sequence[rate_card_pb2.ZoneChart],
    transit: Sequence[rate_card_pb2.TransitTable],
    findings: Findings,
) -> NetworkState:
    """Return the network with cards, charts and transit added or replaced; its version stays.

    Raises
    ------
    allocation.errors.InvalidRequestError
        With every problem.
    """
    resolvers = _resolvers(state, charts, findings)
    merged = {str(card.id): card for card in state.network.listed_cards.cards}
    tables = _transit(state, transit, findings)
    put = _cards(cards, findings)
    merged |= put
    if len(merged) > MOST_RATE_CARDS:
        findings.refuse("rate_cards", f"would make {len(merged)}; at most {MOST_RATE_CARDS}")
    findings.raise_if_refused()
    network = _network(state, merged, resolvers, tables, cards, findings)
    findings.raise_if_refused()
    kept = {}
    for message in cards:
        kept[message.id] = rate_card_pb2.RateCard()
        kept[message.id].CopyFrom(message)
    kept_charts = {}
    for chart in charts:
        kept_charts[chart.zone_scheme] = rate_card_pb2.ZoneChart()
        kept_charts[chart.zone_scheme].CopyFrom(chart)
    kept_transit = {}
    for table in transit:
        name = f"{slug(table.carrier)}/{slug(table.service)}"
        kept_transit[name] = rate_card_pb2.TransitTable()
        kept_transit[name].CopyFrom(table)
    _warn(network, put, findings)
    return replace(
        state,
        network=network,
        rate_cards={**state.rate_cards, **kept},
        zone_charts={**state.zone_charts, **kept_charts},
        transit_tables={**state.transit_tables, **kept_transit},
    )


def _cards(messages: Sequence[rate_card_pb2.RateCard], findings: Findings) -> dict[str, RateCard]:
    cards: dict[str, RateCard] = {}
    seen: dict[str, int] = {}
    for index, message in enumerate(messages):
        at = f"rate_cards[{index}]"
        first = seen.setdefault(message.id, index)
        if first != index and message.id:
            given = shown(message.id)
            findings.refuse(f"{at}.id", f"{given} is also rate_cards[{first}]; keep one")
        card = decode_rate_card(message, at, findings)
        if card is not None:
            cards[card.id] = card
    return cards


def _transit(
    state: NetworkState, messages: Sequence[rate_card_pb2.TransitTable], findings: Findings
) -> list[TransitTable]:
    merged = dict(state.network.transit)
    seen: dict[tuple[str, str], int] = {}
    for index, message in enumerate(messages):
        at = f"transit_tables[{index}]"
        table = decode_transit(message, at, findings)
        if table is None:
            continue
        service = table.carrier, table.service
        first = seen.setdefault(service, index)
        if first != index:
            findings.refuse(at, f"is of the same service as transit_tables[{first}]; keep one")
        merged[service] = table
    return list(merged.values())


def _resolvers(
    state: NetworkState, charts: Sequence[rate_card_pb2.ZoneChart], findings: Findings
) -> dict[str, ZoneResolver]:
    resolvers = dict(state.network.zone_resolvers)
    seen: dict[str, int] = {}
    for index, message in enumerate(charts):
        at = f"zone_charts[{index}]"
        scheme = decode_scheme(message, at, findings)
        first = seen.setdefault(scheme, index)
        if first != index:
            given = shown(message.zone_scheme)
            findings.refuse(f"{at}.zone_scheme", f"{given} is also zone_charts[{first}]; keep one")
        known = resolvers.get(scheme)
        bands = _chart_only(scheme) if known is None else known.bands
        chart = decode_zone_chart(message, at, findings, bands.carrier)
        if chart is not None:
            resolvers[scheme] = ZoneResolver(bands, chart)
    if len(resolvers) > MOST_SCHEMES:
        findings.refuse("zone_charts", f"would make {len(resolvers)} schemes; at most 100")
    return resolvers


def _chart_only(scheme: str) -> ZoneBands:
    """Return the bands of a scheme of which only a chart is known: no place is within them."""
    return ZoneBands(
        scheme=scheme,
        carrier=CarrierCode(scheme),
        bands=(ZoneBand(_NO_SUCH_ZONE, None),),
        exceptions=(ZipException(0, 99_999, UNKNOWN_ZONE),),
    )


def _network(
    state: NetworkState,
    cards: dict[str, RateCard],
    resolvers: dict[str, ZoneResolver],
    tables: Iterable[TransitTable],
    messages: Sequence[rate_card_pb2.RateCard],
    findings: Findings,
) -> Network:
    """Check what the cards say of each other; name problems by their place in the request."""
    index_of = {message.id: index for index, message in enumerate(messages)}
    try:
        return make_network(
            state.network.locations,
            state.network.items.values(),
            CardBook(tuple(cards.values())),
            resolvers,
            tables,
            state.network.version,
            state.network.carton_sets.cartons,
            state.network.exchange,
        )
    except InvalidInputError as error:
        for violation in error.violations:
            head, _, field = violation.path.rpartition("]")
            card_id = head.partition("[")[2]
            place = f"rate_cards[{index_of[card_id]}]" if card_id in index_of else "rate_cards"
            findings.refuse(f"{place}{field}", f"{shown(card_id)}: {violation.message}")
        return state.network


def _warn(network: Network, put: dict[str, RateCard], findings: Findings) -> None:
    for card in put.values():
        if (card.carrier, card.service) not in network.transit:
            findings.warn(
                f"no transit days of {card.carrier} {card.service} are known: rate card "
                f"{shown(card.id)} prices parcels, and no delivery date can be promised with it"
            )

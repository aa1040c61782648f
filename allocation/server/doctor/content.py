"""The network and the rule set that plans would be made with."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.errors import EngineError
from allocation.server.doctor.finding import Finding, Severity
from allocation.server.doctor.patient import Patient
from allocation.server.network_files import NetworkFileError, load_network_files
from allocation.server.network_state import NetworkState
from allocation.server.network_store import NetworkStore
from allocation.server.rule_sets import DEFAULT_RULE_SET, parse_stored
from allocation.server.shipped import initial_state
from allocation.store.api import Store
from allocation.store.open import open_store
from routing.rating.card_book import CardBook


def content(patient: Patient) -> Iterator[Finding]:
    """Look whether locations, items and rules can be used; nothing is put."""
    facts = patient.store
    if facts is None or facts.figures is None:
        # A store that is new, or not for this program, is not opened: that would change it.
        found = _network(patient, None)
        if facts is not None and facts.schema:
            message = "what the store holds is seen once its tables are of this program's version"
            yield Finding("network", Severity.NOTE, message)
            # It may hold what the files lack.
            found = (each for each in found if each.severity is Severity.ERROR)
        yield from found
        return
    try:
        opened = open_store(patient.settings.store)
    except EngineError as error:
        yield Finding("store", Severity.ERROR, error.message)
        return
    try:
        yield from _rules(opened)
        yield from _network(patient, opened)
    finally:
        opened.close()


def _rules(opened: Store) -> Iterator[Finding]:
    way_out = "activate the one before it: shipfrom rules rollback"
    try:
        _, stored = opened.rules.active()
        name = DEFAULT_RULE_SET if stored is None else parse_stored(stored).name
    except EngineError as error:
        yield Finding("rules", Severity.ERROR, error.message, way_out)
    else:
        said = "" if stored is not None else "; none was activated"
        yield Finding("rules", Severity.OK, f"{name} decides{said}")


def _network(patient: Patient, opened: Store | None) -> Iterator[Finding]:
    settings = patient.settings
    try:
        base = initial_state(shipped_rates=settings.shipped_rates)
        kept = NetworkStore(base, None if opened is None else opened.network).state
        # A copy in memory, so that files are read as at a start and nothing is put.
        tried = NetworkStore(kept)
        warnings = load_network_files(tried, settings.network_files)
    except (EngineError, NetworkFileError) as error:
        yield Finding("network", Severity.ERROR, str(error), "mend the file, or put it anew")
        return
    for warning in warnings:
        yield Finding("network", Severity.NOTE, warning)
    yield from _gaps(tried.state)


def _gaps(state: NetworkState) -> Iterator[Finding]:
    counts = (
        f"{len(state.locations):,} locations, {len(state.items):,} items, "
        f"{len(state.rate_cards):,} rate cards"
    )
    if not state.locations or not state.items:
        way_out = "put some, unless every request brings its own network"
        yield Finding("network", Severity.WARNING, counts, way_out)
        return
    yield Finding("network", Severity.OK, counts)
    cards: CardBook = state.network.cards
    if not cards.cards:
        way_out = "load rate cards, or keep shipped_rates: without prices, plans cannot be compared"
        yield Finding("network", Severity.WARNING, "no rate card is loaded", way_out)
    lost = [place.id for place in state.network.locations if place.coordinates is None]
    if lost:
        named = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
        message = f"it is not known where {len(lost):,} locations are, so they come last: {named}"
        yield Finding("network", Severity.WARNING, message, "give coordinates or a postal code")

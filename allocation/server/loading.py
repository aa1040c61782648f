"""What a server reads before it serves: from its store, and from files into its store."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from allocation.errors import EngineError
from allocation.ledger.decisions import digest_of
from allocation.ledger.view import LedgerView
from allocation.ledger.waiting import allot_by_from
from allocation.server.counted_items import with_levels
from allocation.server.environment import Environment
from allocation.server.network_files import NetworkFileError, load_network_files
from allocation.server.network_state import NetworkState
from allocation.server.network_store import NetworkStore
from allocation.server.settings import ServerSettings
from allocation.server.shipped import initial_state, shipped_content
from allocation.server.start_error import StartError
from allocation.store.address import scheme_of
from allocation.store.api import Store
from allocation.store.open import open_store
from routing.geo.postal import load_postal_index
from routing.rules.presets import DEFAULT, preset

LOG: Final = logging.getLogger("allocation.server")


@dataclass(frozen=True, slots=True)
class Preloaded:
    """What was read from a store that is closed by now; whoever takes it up catches up.

    Attributes
    ----------
    network
        Locations, items and rate cards.
    stock
        Levels, to be followed by one server only.
    """

    network: NetworkState
    stock: LedgerView


def load(settings: ServerSettings, environment: Environment) -> Preloaded:
    """Read everything that a server needs, and let go of the store.

    No thread and no connection is left: the process may fork.

    Raises
    ------
    StartError
        A file or the store cannot be used.
    """
    load_postal_index()
    preset(DEFAULT)
    store = open_store_of(settings)
    try:
        keep_shipped(store, settings)
        network = open_network(store, settings, environment)
        return Preloaded(network.state, LedgerView(store.ledger, environment.now()))
    except EngineError as error:
        raise levels_unreadable(error) from error
    finally:
        store.close()


def open_store_of(settings: ServerSettings) -> Store:
    """Open the store of a server.

    Raises
    ------
    StartError
        It cannot be used.
    """
    try:
        store = open_store(settings.store)
    except EngineError as error:
        # Without the address: it may hold a password.
        kind = scheme_of(settings.store)
        raise StartError(
            f"the store ({kind}) cannot be used: {error.message}. Mend it, or choose another "
            "with --store or SHIPFROM_STORE"
        ) from error
    store.ledger.allot_by = allot_by_from(settings.allot_by)
    return store


def keep_shipped(store: Store, settings: ServerSettings) -> bytes:
    """Keep what this version comes with, for replays by later ones; return its digest.

    Raises
    ------
    StartError
        The store cannot be written to.
    """
    content = shipped_content(shipped_rates=settings.shipped_rates)
    try:
        store.decisions.keep_contents([content])
    except EngineError as error:
        raise StartError(f"the store cannot be written to: {error.message}") from error
    return digest_of(content)


def open_network(
    store: Store,
    settings: ServerSettings,
    environment: Environment,
    loaded: Preloaded | None = None,
) -> NetworkStore:
    """Return the network of a store, with that of the files put into it.

    Parameters
    ----------
    loaded
        What the network was at some moment, its files included; ``None``: read all of it.

    Raises
    ------
    StartError
        A file, or what is in the store, cannot be used.
    """
    base = initial_state(shipped_rates=settings.shipped_rates)
    try:
        if loaded is not None:
            return NetworkStore(base, store.network, loaded.network)
        network = NetworkStore(base, store.network)
        warnings = load_network_files(
            network, settings.network_files, with_levels(store.ledger, environment.now)
        )
    except NetworkFileError as error:
        raise StartError(str(error)) from error
    except EngineError as error:
        raise StartError(f"the store's network cannot be used: {error.message}") from error
    for warning in warnings:
        LOG.warning(warning)
    return network


def levels_unreadable(error: EngineError) -> StartError:
    """Return what is told when the levels of a store cannot be read."""
    return StartError(f"the store's levels cannot be read: {error.message}")

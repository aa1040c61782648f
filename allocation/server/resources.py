"""What a running server holds: its store, the network, the view of stock, its threads."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from allocation.errors import EngineError
from allocation.geocoding.settings import open_geocoder
from allocation.ledger.decisions import digest_of
from allocation.ledger.waiting import allot_by_from
from allocation.live_rates.settings import open_live_rates
from allocation.server.counted_items import with_levels
from allocation.server.environment import Environment
from allocation.server.geocoding import Geocoding
from allocation.server.intake import Intake
from allocation.server.live_rating import LiveRating
from allocation.server.network_files import NetworkFileError, load_network_files
from allocation.server.network_follower import NetworkFollower
from allocation.server.network_store import NetworkStore
from allocation.server.planning_lanes import QuickLane
from allocation.server.retention.forgetter import Forgetter
from allocation.server.rule_sets import RuleSets
from allocation.server.settings import ServerSettings
from allocation.server.shipped import initial_state, shipped_content
from allocation.server.start_error import StartError
from allocation.server.stock_follower import StockFollower
from allocation.server.stock_watch import StockWatch
from allocation.server.worker_pool import WorkerPool
from allocation.store import Store, open_store
from allocation.store.open import scheme_of
from routing.errors import InvalidInputError
from routing.geo.postal import load_postal_index

LOG: Final = logging.getLogger("allocation.server")

STOCK_THREADS: Final = 4
"""Calls about stock wait for the store more than they work."""

QUICK_TIMES: Final = 4
"""So many times as many usual orders may wait as searches: each takes about a millisecond."""

RULE_THREADS: Final = 2
"""Rule sets are put and activated by people, now and then."""


class Resources:
    """Opened before the first call, closed after the last one.

    Parameters
    ----------
    settings
        How the server is set up.
    environment
        What it takes from the world.
    intake
        Is told when no more orders are taken on to be planned.

    Attributes
    ----------
    store
        The ledger and what is kept beside it.
    network
        Locations, items and rate cards.
    shipped_digest
        Names what this version of the program comes with, which is in the store.
    stock
        The planning view of the ledger.
    watch
        Sends changes of stock to those who watch.
    rule_sets
        What plans are made under.
    quick_lane
        Where orders are planned that take no search.
    geocoding
        Finds coordinates of unknown postal codes.
    live_rating
        Asks for live prices of plans.
    planning_pool, network_pool, stock_pool, rule_pool
        Where calls run.

    Raises
    ------
    StartError
        A file or the store cannot be used.
    """

    def __init__(
        self,
        settings: ServerSettings,
        environment: Environment,
        intake: Intake | None = None,
    ) -> None:
        load_postal_index()
        self.live_rating = _open_live_rating(settings, environment)
        self.geocoding = Geocoding(
            open_geocoder(settings.geocoding, environment.clock), settings.geocoding.wait_s
        )
        self.store = _open(settings)
        try:
            self.shipped_digest = _keep_shipped(self.store, settings)
            self.network = _open_network(self.store, settings, environment)
        except BaseException:
            self.store.close()
            raise
        try:
            self.stock = StockFollower(
                self.store.ledger,
                environment.now,
                environment.clock,
                poll_s=settings.stock_poll_s,
                most_stale_s=settings.stock_stale_s,
            )
        except EngineError as error:
            self.store.close()
            raise StartError(f"the store's levels cannot be read: {error.message}") from error
        try:
            self.rule_sets = RuleSets(self.store.rules, poll_s=settings.rules_poll_s)
        except EngineError as error:
            self.stock.close()
            self.store.close()
            raise StartError(f"the store's rule sets cannot be read: {error.message}") from error
        self.network_follower = NetworkFollower(self.network)
        self.forgetter = _open_forgetter(self.store, self.network, settings, environment)
        self.quick_lane = QuickLane(settings.queue * QUICK_TIMES, intake=intake)
        self.planning_pool = WorkerPool(settings.threads, settings.queue)
        # Puts go one after the other anyway, and must not wait behind planning.
        self.network_pool = WorkerPool(1, settings.queue)
        self.stock_pool = WorkerPool(STOCK_THREADS, settings.queue)
        self.rule_pool = WorkerPool(RULE_THREADS, settings.queue)
        self.watch = StockWatch(
            self.store.ledger,
            self.stock,
            self.network,
            self.stock_pool,
            environment.now,
            settings.stock_poll_s,
        )

    def waiting(self) -> Mapping[str, int]:
        """Return how many calls run or wait, by where."""
        pools = {name: pool.taken for name, pool in self._pools().items()}
        return {"quick": self.quick_lane.taken, **pools}

    def _pools(self) -> Mapping[str, WorkerPool]:
        return {
            "planning": self.planning_pool,
            "network": self.network_pool,
            "stock": self.stock_pool,
            "rules": self.rule_pool,
        }

    def close(self) -> None:
        """Finish what was written and let go of everything. Repeatable."""
        for pool in self._pools().values():
            pool.close()
        self.live_rating.close()
        self.geocoding.close()
        self.network_follower.close()
        if self.forgetter is not None:
            self.forgetter.close()
        self.rule_sets.close()
        self.stock.close()
        self.store.close()


def _keep_shipped(store: Store, settings: ServerSettings) -> bytes:
    """Keep what this version comes with, for replays by later ones; return its digest."""
    content = shipped_content(shipped_rates=settings.shipped_rates)
    try:
        store.decisions.keep_contents([content])
    except EngineError as error:
        raise StartError(f"the store cannot be written to: {error.message}") from error
    return digest_of(content)


def _open_network(store: Store, settings: ServerSettings, environment: Environment) -> NetworkStore:
    base = initial_state(shipped_rates=settings.shipped_rates)
    try:
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


def _open_forgetter(
    store: Store, network: NetworkStore, settings: ServerSettings, environment: Environment
) -> Forgetter | None:
    if store.retention is None:
        return None
    return Forgetter(store.retention, network, settings.retention, environment.now)


def _open_live_rating(settings: ServerSettings, environment: Environment) -> LiveRating:
    try:
        provider = open_live_rates(settings.live_rates, environment.clock)
    except InvalidInputError as error:
        raise StartError(str(error)) from error
    return LiveRating(provider, settings.live_rates.timeout_s)


def _open(settings: ServerSettings) -> Store:
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

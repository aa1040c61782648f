"""What a running server holds: its store, the network, the view of stock, its threads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from allocation.errors import EngineError
from allocation.geocoding.settings import open_geocoder
from allocation.live_rates.settings import open_live_rates
from allocation.server.environment import Environment
from allocation.server.geocoding import Geocoding
from allocation.server.hold_changes import HoldChanges
from allocation.server.intake import Intake
from allocation.server.live_rating import LiveRating
from allocation.server.loading import (
    Preloaded,
    keep_shipped,
    levels_unreadable,
    open_network,
    open_store_of,
)
from allocation.server.network_follower import NetworkFollower
from allocation.server.quick_lane import QuickLane
from allocation.server.retention.forgetter import Forgetter
from allocation.server.rule_sets import RuleSets
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from allocation.server.stock_follower import StockFollower
from allocation.server.stock_watch import StockWatch
from allocation.server.worker_pool import WorkerPool
from routing.errors import InvalidInputError
from routing.geo.postal import load_postal_index

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
    loaded
        What was loaded from the same store with the same settings; ``None``: nothing.

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
    hold_changes
        Counts what becomes of holds.
    intake
        What comes in, seen from where it is planned.
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
        loaded: Preloaded | None = None,
    ) -> None:
        load_postal_index()
        self.live_rating = _open_live_rating(settings, environment)
        self.geocoding = Geocoding(
            open_geocoder(settings.geocoding, environment.clock), settings.geocoding.wait_s
        )
        self.store = open_store_of(settings)
        try:
            self.shipped_digest = keep_shipped(self.store, settings)
            self.network = open_network(self.store, settings, environment, loaded)
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
                view=None if loaded is None else loaded.stock,
            )
        except EngineError as error:
            self.store.close()
            raise levels_unreadable(error) from error
        try:
            self.rule_sets = RuleSets(self.store.rules, poll_s=settings.rules_poll_s)
        except EngineError as error:
            self.stock.close()
            self.store.close()
            raise StartError(f"the store's rule sets cannot be read: {error.message}") from error
        self.network_follower = NetworkFollower(self.network)
        self.forgetter = self._open_forgetter(settings, environment)
        self.hold_changes = HoldChanges()
        self.intake = intake or Intake()
        self.quick_lane = QuickLane(settings.queue * QUICK_TIMES, intake=self.intake)
        self.planning_pool = WorkerPool(settings.threads, settings.queue)
        self.intake.searching = lambda: self.planning_pool.taken
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

    def _open_forgetter(
        self, settings: ServerSettings, environment: Environment
    ) -> Forgetter | None:
        retention = self.store.retention
        if retention is None:
            return None
        kept, digest = settings.retention, self.shipped_digest
        return Forgetter(retention, self.network, kept, environment.now, digest)

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


def _open_live_rating(settings: ServerSettings, environment: Environment) -> LiveRating:
    try:
        provider = open_live_rates(settings.live_rates, environment.clock)
    except InvalidInputError as error:
        raise StartError(str(error)) from error
    return LiveRating(provider, settings.live_rates.timeout_s)

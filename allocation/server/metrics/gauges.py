"""What a server shows of its state, once a second."""

from __future__ import annotations

from datetime import datetime

from allocation.server.hold_changes import EXPIRED
from allocation.server.logs import dropped_count
from allocation.server.metrics.memory import resident_memory_bytes
from allocation.server.metrics.metrics import Metrics
from allocation.server.resources import Resources


def show_state(metrics: Metrics, resources: Resources, now: datetime, *, ready: bool) -> None:
    """Set every metric that does not follow from calls."""
    stock, network = resources.stock, resources.network.state
    metrics.show("shipfrom_stock_view_age_seconds", stock.stale_s)
    metrics.show("shipfrom_stock_version", stock.version)
    metrics.show("shipfrom_feed_age_seconds", stock.feed_age_s(now))
    metrics.show("shipfrom_rule_activation", resources.rule_sets.activation)
    metrics.show_rule_set(resources.rule_sets.active_name)
    metrics.show("shipfrom_network_version", network.version)
    metrics.show("shipfrom_network_locations", len(network.network.locations))
    metrics.show("shipfrom_network_items", len(network.network.items))
    for change, total in resources.hold_changes.totals.items():
        metrics.raise_to("shipfrom_holds_total", total, change)
    metrics.raise_to("shipfrom_holds_total", stock.expired_count, EXPIRED)
    for name, taken in resources.waiting().items():
        metrics.show("shipfrom_queue_length", taken, name)
    metrics.raise_to("shipfrom_log_entries_dropped_total", dropped_count())
    metrics.show("shipfrom_ready", int(ready))
    metrics.show("shipfrom_resident_memory_bytes", resident_memory_bytes())

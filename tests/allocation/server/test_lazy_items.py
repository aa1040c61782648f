"""A large catalogue is there at once, and says the same as one that was decoded in advance."""

from __future__ import annotations

import pytest

from allocation.server import network_content
from allocation.server.lazy_items import LazyItems
from allocation.server.network_store import NetworkStore
from allocation.server.put_items import put_items
from allocation.server.shipped import initial_state
from tests.allocation.server.samples import item, network_messages


def test_a_large_catalogue_says_the_same_as_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    base = initial_state(shipped_rates=True)
    first = NetworkStore(base)
    _, items = network_messages()
    first.put(lambda state, findings: put_items(state, items.items, findings))
    monkeypatch.setattr(network_content, "LAZY_FROM", 1)
    second = NetworkStore(base, first._log)
    lazy = second.state.network.items
    assert isinstance(lazy, LazyItems)
    assert dict(lazy) == dict(first.state.network.items)
    assert len(lazy) == 4
    assert "mug" in lazy
    assert second.state.network.items.get("ghost") is None  # type: ignore[call-overload]
    assert second.state.network.item_id_by_sku == first.state.network.item_id_by_sku
    assert second.state.version == first.state.version == 1
    second.put(lambda state, findings: put_items(state, [item("hat")], findings))
    assert set(second.state.network.items) == {"mug", "tea", "cloth", "gift-set", "hat"}

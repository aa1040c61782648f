"""The network's versions: each entity as it was at any of them, for every process."""

from __future__ import annotations

from allocation.ledger.network_rows import NetworkRow
from allocation.store.api import Store


def row(name: str, content: str, kind: str = "item") -> NetworkRow:
    return NetworkRow(kind, name, content.encode())


def test_every_version_can_be_read_again(store: Store) -> None:
    log = store.network
    assert log.version() == 0
    assert log.since(0).rows == ()
    assert log.add([row("mug", "a"), row("reno", "x", "location")], after=0) == 1
    assert log.add([], after=1) == 2
    assert log.add([row("mug", "b\x00"), row("tea", "c")], after=2) == 3
    assert log.version() == 3
    assert log.at(1).rows == (row("mug", "a"), row("reno", "x", "location"))
    assert log.at(2).rows == log.at(1).rows
    everything = (row("mug", "b\x00"), row("tea", "c"), row("reno", "x", "location"))
    assert log.at(3).rows == everything
    assert log.since(0).rows == everything
    assert (log.since(1).version, log.since(1).rows) == (3, everything[:2])
    assert log.since(3).rows == ()


def test_a_version_is_added_only_after_the_one_that_it_was_checked_against(store: Store) -> None:
    log = store.network
    assert log.add([row("mug", "a")], after=0) == 1
    assert log.add([row("mug", "b")], after=0) is None
    assert log.at(1).rows == (row("mug", "a"),)
    assert log.version() == 1

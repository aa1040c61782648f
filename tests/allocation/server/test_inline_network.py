"""Networks that come with requests are built once and never stale."""

from __future__ import annotations

from allocation.server.codec.findings import Findings
from allocation.server.inline_network import MOST_KEPT, InlineNetworks
from allocation.server.limits import RequestLimits
from allocation.server.network_store import NetworkStore
from allocation.server.put_items import put_items
from allocation.server.shipped import initial_state
from allocation.v1 import allocation_service_pb2 as pb
from routing.network import Network
from tests.allocation.server.samples import item, location


class Builder:
    """Builds inline networks against one store."""

    def __init__(self) -> None:
        self.store = NetworkStore(initial_state(shipped_rates=True))
        self.inline = InlineNetworks(RequestLimits())

    def build(self, message: pb.InlineNetwork) -> tuple[Network, Findings]:
        findings = Findings()
        network = self.inline.network(message, "network", findings, self.store.state)
        return network, findings


def message(*names: str) -> pb.InlineNetwork:
    return pb.InlineNetwork(locations=[location(name, "10001") for name in names])


def test_the_same_message_is_built_once() -> None:
    builder = Builder()
    first, _ = builder.build(message("a", "b"))
    again, _ = builder.build(message("a", "b"))
    other, _ = builder.build(message("a", "c"))
    assert again is first
    assert other is not first


def test_a_put_in_between_makes_it_new() -> None:
    builder = Builder()
    first, _ = builder.build(message("a"))
    builder.store.put(lambda state, findings: put_items(state, [item("hat")], findings))
    again, _ = builder.build(message("a"))
    assert "hat" not in first.items
    assert "hat" in again.items
    assert again.version == first.version + 1


def test_problems_and_warnings_are_told_every_time() -> None:
    builder = Builder()
    bad = pb.InlineNetwork(locations=[location("a", tz="Mars")])
    for _ in range(2):
        _, findings = builder.build(bad)
        assert [each.path for each in findings.violations] == ["network.locations[0].tz"]
    vague = pb.InlineNetwork(locations=[location("a")])
    for _ in range(2):
        _, findings = builder.build(vague)
        assert any("unknown coordinates" in each for each in findings.all_warnings())


def test_only_the_last_few_are_kept() -> None:
    builder = Builder()
    first, _ = builder.build(message("first"))
    for number in range(MOST_KEPT):
        builder.build(message(f"l-{number}"))
    again, _ = builder.build(message("first"))
    assert again is not first

"""What is added up before it is passed on is what the client library would have come to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram

from allocation.server.metrics.children import MOST_SERIES
from allocation.server.metrics.histogram import SummedHistogram
from allocation.server.metrics.sums import Observations, Sums

_BOUNDS = (0.5, 1.0, 2.0)
_SEEN = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, 2.0, 3.0])),
    max_size=30,
)


def shown(registry: CollectorRegistry) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in registry.collect()
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


@given(_SEEN, st.integers(1, 7))
def test_observations_come_to_what_they_would_one_by_one(
    seen: list[tuple[str, float]], at_once: int
) -> None:
    one_by_one, together = CollectorRegistry(), CollectorRegistry()
    usual = Histogram("took", "", ["of"], buckets=_BOUNDS, registry=one_by_one)
    summed = SummedHistogram("took", "", ["of"], buckets=_BOUNDS, registry=together)
    waiting = Observations(summed, _BOUNDS)
    for number, (label, value) in enumerate(seen, start=1):
        usual.labels(label).observe(value)
        waiting.add((label,), value)
        if number % at_once == 0:
            waiting.pass_on()
    waiting.pass_on()
    assert shown(together) == shown(one_by_one)


@given(_SEEN, st.integers(1, 7))
def test_sums_come_to_what_they_would_one_by_one(
    seen: list[tuple[str, float]], at_once: int
) -> None:
    one_by_one, together = CollectorRegistry(), CollectorRegistry()
    usual = Counter("calls", "", ["of"], registry=one_by_one)
    waiting = Sums(Counter("calls", "", ["of"], registry=together))
    for number, (label, value) in enumerate(seen, start=1):
        usual.labels(label).inc(value)
        waiting.add((label,), value)
        if number % at_once == 0:
            waiting.pass_on()
    waiting.pass_on()
    assert shown(together) == shown(one_by_one)


def test_a_metric_without_labels_is_its_own_child() -> None:
    registry = CollectorRegistry()
    waiting = Sums(Counter("conflicts", "", registry=registry))
    waiting.add(())
    waiting.add((), 2)
    assert registry.get_sample_value("conflicts_total") == 0
    waiting.pass_on()
    assert registry.get_sample_value("conflicts_total") == 3


def test_labels_that_anybody_may_make_up_do_not_fill_the_memory() -> None:
    registry = CollectorRegistry()
    waiting = Sums(Counter("calls", "", ["method"], registry=registry))
    for number in range(MOST_SERIES + 5):
        waiting.add((str(number),))
        waiting.pass_on()
    assert registry.get_sample_value("calls_total", {"method": "other"}) == 5

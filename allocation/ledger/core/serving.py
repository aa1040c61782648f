"""Who comes first of those that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from allocation.ledger.hold import HeldPlan, HeldRow
from allocation.ledger.states import HoldState
from allocation.ledger.waiting import AllotBy, Waited

ALIVE: Final = (HoldState.HELD, HoldState.COMMITTED)
_LAST: Final = datetime.max.replace(tzinfo=UTC)


class Claim(NamedTuple):
    """A row of a plan that waits; `number` is its index."""

    plan_id: str
    number: int
    row: HeldRow
    waited: Waited


_KEYS: Final[Mapping[AllotBy, Callable[[Claim], Any]]] = MappingProxyType(
    {
        AllotBy.PRIORITY: lambda one: -one.waited.priority,
        AllotBy.PROMISED: lambda one: one.waited.promised_time or _LAST,
        AllotBy.PLACED: lambda one: one.waited.placed_time,
        AllotBy.SMALLEST: lambda one: one.row.quantity,
    }
)


def claims_of(plans: Iterable[HeldPlan]) -> Iterator[Claim]:
    """Yield every row that waits and may still be served."""
    for plan in plans:
        for number, row in enumerate(plan.rows):
            if row.is_waiting and row.state in ALIVE and row.waited is not None:
                yield Claim(plan.plan_id, number, row, row.waited)


def in_order(claims: Iterable[Claim], order: Sequence[AllotBy]) -> list[Claim]:
    """Return claims in the order in which they are served: committed ones before held ones."""

    def rank(claim: Claim) -> tuple[Any, ...]:
        keys = tuple(_KEYS[by](claim) for by in order)
        return (claim.row.state is HoldState.HELD, *keys, claim.plan_id, claim.number)

    return sorted(claims, key=rank)

"""What the ledger refuses, each with a reason of the contract's catalogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from allocation.errors import EngineError, InvalidRequestError
from allocation.ledger.level import LevelKey
from allocation.ledger.serials import SerialClaim
from routing.counters import counted_item
from routing.daily_capacity import counter_name
from routing.errors import Violation
from routing.ids import ItemId
from routing.quantity import Quantity

MOST_NAMED = 3


class LedgerError(EngineError):
    """Base of the ledger's own errors."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """A level that has less than is asked for; quantities in increments."""

    key: LevelKey
    requested: int
    available: int

    def __str__(self) -> str:
        return f"{self.key}: {self.requested} asked for, {self.available} available"


class InsufficientStockError(LedgerError):
    """More is asked for than is available; `shortages` lists every level that falls short."""

    reason = "INSUFFICIENT_STOCK"

    def __init__(
        self,
        shortages: tuple[Shortage, ...],
        way_out: str = "Plan again with fresh levels.",
    ) -> None:
        self.shortages = shortages
        named = "; ".join(str(shortage) for shortage in shortages[:MOST_NAMED])
        more = f" (and {len(shortages) - MOST_NAMED} more)" if len(shortages) > MOST_NAMED else ""
        first = shortages[0]
        super().__init__(
            f"not enough stock: {named}{more}. {way_out}",
            {
                "inventory_item_id": first.key.item_id,
                "location_id": first.key.location_id,
                "lot_id": first.key.lot_id or "",
                "requested": str(first.requested),
                "available": str(first.available),
                "shortages": str(len(shortages)),
            },
        )


@dataclass(frozen=True, slots=True)
class TakesTooMuch:
    """An adjustment at `path` that takes more of a level than it may; quantities in increments.

    Attributes
    ----------
    of_what
        What `there` counts.
    way_out
        What whoever works there can do about it.
    """

    path: str
    key: LevelKey
    requested: int
    there: int
    of_what: str
    way_out: str

    def text(self, scale: int) -> str:
        """Say it in units of an item whose increments are ``10**-scale`` of one."""
        asked, there = Quantity(self.requested, scale), Quantity(self.there, scale)
        return (
            f"{self.path}: {asked} of {self.key}, where {there} are {self.of_what}; {self.way_out}"
        )


class TakesTooMuchError(LedgerError):
    """Adjustments take more than there is; `found` lists the first of each level.

    Parameters
    ----------
    scale_of
        Decimals of an item's quantities; absent: the message is in increments.
    """

    reason = InsufficientStockError.reason

    def __init__(
        self, found: Sequence[TakesTooMuch], scale_of: Callable[[ItemId], int] | None = None
    ) -> None:
        self.found = tuple(found)
        scales = [0 if scale_of is None else scale_of(one.key.item_id) for one in found]
        told = [one.text(scale) for one, scale in zip(found, scales, strict=True)][:MOST_NAMED]
        more = f" (and {len(found) - MOST_NAMED} more)" if len(found) > MOST_NAMED else ""
        first, scale = found[0], scales[0]
        super().__init__(
            f"nothing was recorded: {'. '.join(told)}{more}.",
            {
                "inventory_item_id": first.key.item_id,
                "location_id": first.key.location_id,
                "lot_id": first.key.lot_id or "",
                "requested": str(Quantity(first.requested, scale)),
                "available": str(Quantity(first.there, scale)),
                "shortages": str(len(found)),
            },
        )


@dataclass(frozen=True, slots=True)
class CapacityFull:
    """A counter that has less left than is asked for."""

    key: LevelKey
    requested: int
    taken: int
    most: int

    def __str__(self) -> str:
        return (
            f"{counter_name(self.key.item_id)} at {self.key.location_id}: {self.requested} asked "
            f"for, {self.taken} of {self.most} taken"
        )


class CapacityTakenError(LedgerError):
    """Others took what was left of a location's day; `full` lists every limit in the way."""

    reason = "STOCK_CONFLICT"
    retryable = True

    def __init__(self, full: tuple[CapacityFull, ...]) -> None:
        self.full = full
        named = "; ".join(str(each) for each in full[:MOST_NAMED])
        more = f" (and {len(full) - MOST_NAMED} more)" if len(full) > MOST_NAMED else ""
        first = full[0]
        super().__init__(
            f"a day is full: {named}{more}. Plan again with what is left.",
            {
                "location_id": first.key.location_id,
                "counter": counter_name(first.key.item_id),
                "requested": str(first.requested),
                "taken": str(first.taken),
                "limit": str(first.most),
            },
        )


class SupplyTakenError(LedgerError):
    """Others took supply on its way, or the last of a pool; `taken` by counter, in increments."""

    reason = "STOCK_CONFLICT"
    retryable = True

    def __init__(self, key: LevelKey, requested: int, most: int, taken: int, what: str) -> None:
        self.taken = {key: taken}
        item_id = counted_item(key.item_id)
        super().__init__(
            f"{item_id}: {requested} more to wait for {what}, of which {taken} of {most} are "
            "taken. Plan again with what is left.",
            {
                "inventory_item_id": item_id,
                "location_id": key.location_id,
                "requested": str(requested),
                "taken": str(taken),
                "limit": str(most),
            },
        )


class UnitsWaitError(LedgerError):
    """Units cannot leave while they wait for supply."""

    reason = InsufficientStockError.reason

    def __init__(self, plan_id: str, keys: Sequence[LevelKey]) -> None:
        named = ", ".join(
            f"{counted_item(key.item_id)} at {key.location_id}" for key in keys[:MOST_NAMED]
        )
        super().__init__(
            f"units of plan {plan_id!r} wait for supply and cannot leave: {named}. Receive the "
            "stock first; it is then given to the plans that wait. Of kits, name how many are "
            "whole.",
            {"plan_id": plan_id, "inventory_item_id": counted_item(keys[0].item_id)},
        )


class SerialTakenError(LedgerError):
    """Units that are named by their serials belong to another plan, have left, or are elsewhere."""

    reason = "INSUFFICIENT_STOCK"

    def __init__(self, taken: Sequence[SerialClaim]) -> None:
        self.taken = tuple(taken)
        named = "; ".join(f"{one.key} {one.whereabouts}" for one in taken[:MOST_NAMED])
        more = f" (and {len(taken) - MOST_NAMED} more)" if len(taken) > MOST_NAMED else ""
        first = taken[0]
        super().__init__(
            f"a serial can be in one plan and one place only: {named}{more}. Scan again; a unit "
            "that came back has to be received with its serial first, one that was moved "
            "transferred; one that left without a scan is told by a count of what is there.",
            {
                "inventory_item_id": first.key.item_id,
                "serial": first.key.serial,
                "plan_id": first.plan_id or "",
                "location_id": "" if first.place is None else first.place.location_id,
            },
        )


class PlanNotFoundError(LedgerError):
    """No plan with that id is in the ledger."""

    reason = "PLAN_NOT_FOUND"

    def __init__(self, plan_id: str) -> None:
        super().__init__(
            f"the ledger has no plan {plan_id!r}; only plans that were held are stored",
            {"plan_id": plan_id},
        )


class LedgerPlanError(LedgerError):
    """A step that the plan's state does not allow."""

    saying: ClassVar[str]
    way_out: ClassVar[str]

    def __init__(self, plan_id: str) -> None:
        super().__init__(f"plan {plan_id!r} {self.saying}; {self.way_out}", {"plan_id": plan_id})


class PlanExpiredError(LedgerPlanError):
    """The hold ran out."""

    reason = "PLAN_EXPIRED"
    saying = "has expired and its stock may be gone"
    way_out = "plan again"


class PlanAlreadyCommittedError(LedgerPlanError):
    """The plan is committed and no longer expires."""

    reason = "PLAN_ALREADY_COMMITTED"
    saying = "is committed and does not expire any more"
    way_out = "there is nothing to extend"


class PlanAlreadyReleasedError(LedgerPlanError):
    """The stock was given back."""

    reason = "PLAN_ALREADY_RELEASED"
    saying = "was released and its stock given back"
    way_out = "plan again"


class PlanReplacedError(PlanAlreadyReleasedError):
    """Another plan has taken the plan's place, and with it what was left of its stock."""

    def __init__(self, plan_id: str, replaced_by: str) -> None:
        EngineError.__init__(
            self,
            f"plan {plan_id!r} was replaced by plan {replaced_by!r}, which has what was left of "
            "it; go on with that one",
            {"plan_id": plan_id, "replaced_by_plan_id": replaced_by},
        )


class PlanAlreadyFulfilledError(LedgerPlanError):
    """The stock has left."""

    reason = "PLAN_ALREADY_FULFILLED"
    saying = "was fulfilled and its stock has left"
    way_out = "receive returned units as new stock"


class PlanNotCommittedError(LedgerPlanError):
    """Stock cannot leave while it is only held."""

    reason = "PLAN_NOT_COMMITTED"
    saying = "is only held"
    way_out = "commit it before it is fulfilled"


class PlanIdTakenError(LedgerError):
    """Another hold has the plan id already."""

    reason = "REQUEST_ID_REUSED"

    def __init__(self, plan_id: str) -> None:
        super().__init__(
            f"plan {plan_id!r} is in the ledger already; repeat a call with its own request_id",
            {"plan_id": plan_id},
        )


class RequestIdReusedError(LedgerError):
    """The request id belongs to a request with other content."""

    reason = "REQUEST_ID_REUSED"

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"request_id {request_id!r} was used for another request; take a new one",
            {"request_id": request_id},
        )


class EtagMismatchError(LedgerError):
    """The plan has changed since the caller last saw it."""

    reason = "ETAG_MISMATCH"

    def __init__(self, plan_id: str, expected: int, actual: int) -> None:
        super().__init__(
            f"plan {plan_id!r} is at revision {actual}, not {expected}; read it again",
            {"plan_id": plan_id, "expected": str(expected), "actual": str(actual)},
        )


class LedgerUnavailableError(LedgerError):
    """The store cannot be reached, or did not answer in time; whether a write took is unknown."""

    reason = "LEDGER_UNAVAILABLE"
    retryable = True


class LedgerSchemaError(LedgerUnavailableError):
    """The database was written by a newer version of the program."""

    retryable = False


def invalid(path: str, message: str) -> InvalidRequestError:
    """Return the error for a request with a single problem."""
    return InvalidRequestError([Violation(path, message)])

"""The life of held units: which step leads where, in one table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from allocation.ledger.errors import (
    LedgerPlanError,
    PlanAlreadyCommittedError,
    PlanAlreadyFulfilledError,
    PlanAlreadyReleasedError,
    PlanExpiredError,
    PlanNotCommittedError,
)


class HoldState(Enum):
    """State of held units, the most alive first."""

    HELD = "held"
    COMMITTED = "committed"
    FULFILLED = "fulfilled"
    EXPIRED = "expired"
    RELEASED = "released"

    # Members are single objects; the table below is looked up for every row of every step.
    __hash__ = object.__hash__


class Step(Enum):
    """What can happen to held units."""

    __hash__ = object.__hash__

    COMMIT = "commit"
    EXTEND = "extend"
    RELEASE = "release"
    FULFILL = "fulfill"
    EXPIRE = "expire"
    REPLACE = "replace"


class Repeat(Enum):
    """The step has been taken already: nothing changes, and that is no error."""

    REPEAT = "repeat"


REPEAT: Final = Repeat.REPEAT

Outcome = HoldState | Repeat | type[LedgerPlanError]

_H, _C, _F, _E, _R = HoldState

ALIVE_FIRST: Final = tuple(HoldState)

OUTCOMES: Final[Mapping[Step, Mapping[HoldState, Outcome]]] = MappingProxyType(
    {
        Step.COMMIT: {
            _H: _C,
            _C: REPEAT,
            _F: REPEAT,
            _E: PlanExpiredError,
            _R: PlanAlreadyReleasedError,
        },
        Step.EXTEND: {
            _H: _H,
            _C: PlanAlreadyCommittedError,
            _F: PlanAlreadyFulfilledError,
            _E: PlanExpiredError,
            _R: PlanAlreadyReleasedError,
        },
        Step.RELEASE: {
            _H: _R,
            _C: _R,
            _F: PlanAlreadyFulfilledError,
            _E: REPEAT,
            _R: REPEAT,
        },
        Step.FULFILL: {
            _H: PlanNotCommittedError,
            _C: _F,
            _F: REPEAT,
            _E: PlanExpiredError,
            _R: PlanAlreadyReleasedError,
        },
        Step.EXPIRE: {_H: _E, _C: REPEAT, _F: REPEAT, _E: REPEAT, _R: REPEAT},
        Step.REPLACE: {
            _H: _R,
            _C: _R,
            _F: PlanAlreadyFulfilledError,
            _E: PlanExpiredError,
            _R: PlanAlreadyReleasedError,
        },
    }
)
"""Step, then the state it meets: the next state, a repeat, or the error that is raised."""


def most_alive(states: Collection[HoldState]) -> HoldState | None:
    """Return the state of what is most alive; ``None`` if there is nothing."""
    return next((state for state in ALIVE_FIRST if state in states), None)

"""What becomes of holds, counted for the metrics."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from allocation.ledger.commands import Hold, TakeStep
from allocation.ledger.states import Step

EXPIRED: Final = "expired"
_HELD: Final = "held"
_REPLACED: Final = "replaced"

_BY_STEP: Final[Mapping[Step, str]] = MappingProxyType(
    {
        Step.COMMIT: "committed",
        Step.EXTEND: "extended",
        Step.RELEASE: "released",
        Step.FULFILL: "fulfilled",
    }
)
"""What a caller can ask for after a hold; expiry is found, and a replacement is a hold as well."""

_CHANGES: Final = (_HELD, *_BY_STEP.values(), _REPLACED)


class HoldChanges:
    """Counts what was written, on one event loop.

    Attributes
    ----------
    totals
        How often each change was written; they only grow. Expiry is counted where it is found.
    """

    def __init__(self) -> None:
        self.totals = dict.fromkeys(_CHANGES, 0)

    def count(self, command: Hold | TakeStep) -> None:
        """Count a command that was carried out, and is no repeat."""
        if isinstance(command, TakeStep):
            self.totals[_BY_STEP[command.step]] += 1
            return
        self.totals[_HELD] += 1
        if command.replaced is not None:
            self.totals[_REPLACED] += 1

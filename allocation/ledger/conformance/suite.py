"""All topics together."""

from __future__ import annotations

from allocation.ledger.conformance.adjusting import AdjustConformance
from allocation.ledger.conformance.allotting import AllottingConformance
from allocation.ledger.conformance.auditing import AuditConformance
from allocation.ledger.conformance.capacity import CapacityConformance
from allocation.ledger.conformance.changes import ChangesConformance
from allocation.ledger.conformance.demand import DemandConformance
from allocation.ledger.conformance.expiring import ExpiryConformance
from allocation.ledger.conformance.feeding import FeedConformance
from allocation.ledger.conformance.holding import HoldConformance
from allocation.ledger.conformance.late_figures import LateFigureConformance
from allocation.ledger.conformance.mirroring import MirrorConformance
from allocation.ledger.conformance.naming_units import NamingConformance
from allocation.ledger.conformance.placing_units import PlacingConformance
from allocation.ledger.conformance.recalling import RecallConformance
from allocation.ledger.conformance.repeating import RepeatConformance
from allocation.ledger.conformance.replacing import ReplaceConformance
from allocation.ledger.conformance.slipping import SlipConformance
from allocation.ledger.conformance.stepping import StepConformance
from allocation.ledger.conformance.waiting import WaitingConformance


class LedgerConformance(
    HoldConformance,
    CapacityConformance,
    WaitingConformance,
    AllottingConformance,
    SlipConformance,
    RecallConformance,
    StepConformance,
    ReplaceConformance,
    ExpiryConformance,
    RepeatConformance,
    FeedConformance,
    LateFigureConformance,
    MirrorConformance,
    NamingConformance,
    PlacingConformance,
    AdjustConformance,
    ChangesConformance,
    DemandConformance,
    AuditConformance,
):
    """Everything a store of the ledger promises."""

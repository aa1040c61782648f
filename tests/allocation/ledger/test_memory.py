"""The ledger in memory keeps every promise of the suite."""

from __future__ import annotations

import pytest

from allocation.ledger.conformance import LedgerConformance
from allocation.ledger.conformance.auditing import Tamper
from allocation.ledger.level import Buckets, LevelKey
from allocation.ledger.memory import MemoryLedger


class TestMemoryLedger(LedgerConformance):
    @pytest.fixture
    def ledger(self) -> MemoryLedger:
        return MemoryLedger()

    @pytest.fixture
    def tamper(self, ledger: MemoryLedger) -> Tamper:
        def overwrite(key: LevelKey, buckets: Buckets) -> None:
            levels = ledger._state.levels
            levels[key] = levels[key]._replace(buckets=buckets)

        return overwrite

"""When the stages of a call began and ended; spans are made of it once the call is over."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from allocation.engine_api import Stage


class StageLog:
    """Stages of one call, from whichever threads it runs in.

    Parameters
    ----------
    clock
        Monotonic seconds.
    trace_id
        Of the trace that the call is part of, 32 hex digits.

    Attributes
    ----------
    stages
        In the order in which they ended.
    """

    def __init__(self, clock: Callable[[], float], trace_id: str) -> None:
        self.clock = clock
        self.trace_id = trace_id
        self.stages: list[Stage] = []

    def timed(self, name: str) -> TimedStage:
        """Return what notes how long a block takes."""
        return TimedStage(self, name)


class TimedStage:
    """Notes a block when it ends, however it does."""

    __slots__ = ("_log", "_name", "_start_s")

    def __init__(self, log: StageLog, name: str) -> None:
        self._log = log
        self._name = name
        self._start_s = 0.0

    def __enter__(self) -> None:
        self._start_s = self._log.clock()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._log.stages.append(Stage(self._name, self._start_s, self._log.clock()))

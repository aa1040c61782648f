"""Keeps a number of workers serving one port: starts, restarts, replaces and ends them.

It imports no gRPC and serves no call, so that whatever happens to a worker, something is left
that starts another.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from allocation.server import logs
from allocation.server.health.condition import Condition, Report
from allocation.server.lame_duck import JITTER
from allocation.server.metrics.endpoint import MetricsEndpoint
from allocation.server.processes.port import reserve_port
from allocation.server.processes.restarts import Backoff
from allocation.server.processes.rolling import Rolling, Step
from allocation.server.processes.shared_metrics import SharedMetrics
from allocation.server.processes.worker_process import WorkerProcess
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from allocation.store.open import MEMORY, scheme_of

LOG: Final = logging.getLogger("allocation.server")

_TICK_S: Final = 0.1
_EXTRA_GRACE_S: Final = 10.0
"""What a worker may take beyond its grace before it is killed."""

LoadSettings = Callable[[], ServerSettings]
"""Reads the settings anew; raises `StartError` if they cannot be used."""


class Supervisor:
    """Looks after the workers of one server.

    SIGTERM and SIGINT drain all and end; SIGHUP reads the settings again and replaces one
    worker after the other, each by one that already serves.

    Parameters
    ----------
    load_settings
        Gives the settings, at the start and at every SIGHUP.

    Raises
    ------
    StartError
        If they cannot be used, or the port or the metrics' port cannot be had.
    """

    def __init__(self, load_settings: LoadSettings) -> None:
        self._load = load_settings
        settings = load_settings()
        logs.configure(settings.log_level)
        _check(settings)
        self._port = reserve_port(settings.host, settings.port)
        self._settings = self._for_workers(settings)
        self._metrics = SharedMetrics()
        self._selector = selectors.DefaultSelector()
        self._workers: list[WorkerProcess] = []
        self._backoff = Backoff(time.monotonic)
        self._rolling: Rolling | None = None
        self._signals: list[int] = []
        try:
            self._endpoint = MetricsEndpoint(settings.metrics, self._metrics.registry, self.report)
        except StartError:
            self.close()
            raise

    def run(self) -> None:
        """Serve until told to end.

        Raises
        ------
        StartError
            If the first worker cannot start; it has said why.
        """
        with self._listening():
            try:
                self._start_all()
                while not self._told_to_end():
                    self._tick()
            finally:
                self._end_all()

    def report(self) -> Report:
        """Return the health of the server: ready as long as one worker is."""
        reports = [each.status.report for each in list(self._workers) if each.status is not None]
        ready = next((each for each in reports if each.ready), None)
        if ready is not None:
            return ready
        if reports:
            return reports[0]
        return Report(live=True, conditions=(Condition("workers", "none serves yet"),))

    def close(self) -> None:
        """Let go of the port and the metrics."""
        self._port.close()
        self._metrics.close()
        self._selector.close()

    # --- starting -----------------------------------------------------------------------------

    def _start_all(self) -> None:
        """Start all workers at once; if there are network files, the one that loads them first."""
        first = self._spawn(self._settings)
        if not self._settings.network_files:
            self._start_others()
        while not first.serving:
            if self._signals:
                return
            if first.exit_code() is not None:
                raise StartError("the first worker could not start; its last entry says why")
            self._listen()
        if self._settings.network_files:
            self._start_others()
        while not all(each.serving for each in self._workers) and not self._signals:
            self._tick()
        status = first.status
        LOG.info(
            "ready",
            extra={
                "address": f"{self._settings.host}:{self._settings.port}",
                "port": self._settings.port,
                "workers": self._settings.workers,
                "network_version": 0 if status is None else status.network_version,
                "store": "" if status is None else status.store,
            },
        )

    def _start_others(self) -> None:
        for _ in range(1, self._settings.workers):
            self._spawn(self._without_files())

    def _spawn(self, settings: ServerSettings) -> WorkerProcess:
        environment = {**os.environ, **self._metrics.environment}
        worker = WorkerProcess(settings, environment, time.monotonic)
        self._selector.register(worker.fd, selectors.EVENT_READ, worker)
        self._workers.append(worker)
        return worker

    def _for_workers(self, settings: ServerSettings) -> ServerSettings:
        """Return settings with the port as it is, shared, and metrics left to us."""
        return replace(
            settings,
            port=self._port.getsockname()[1],
            share_port=True,
            metrics=replace(settings.metrics, port=0),
        )

    def _without_files(self) -> ServerSettings:
        # They are in the store by now, and what was put since must not be undone.
        return replace(self._settings, network_files=())

    # --- watching -----------------------------------------------------------------------------

    def _tick(self) -> None:
        self._listen()
        for worker in list(self._workers):
            if worker.exit_code() is not None:
                self._ended(worker)
            elif worker.stuck:
                LOG.error("a worker is stuck", extra={"pid": worker.pid})
                worker.kill()
        self._roll_on()
        missing = self._rolling is None and len(self._workers) < self._settings.workers
        if missing and self._backoff.may_start():
            self._spawn(self._without_files())

    def _listen(self) -> None:
        for key, _ in self._selector.select(_TICK_S):
            key.data.hear()

    def _ended(self, worker: WorkerProcess) -> None:
        worker.hear()
        self._remove(worker)
        if worker.stopping:
            return
        LOG.error("a worker ended", extra={"pid": worker.pid, "exit_code": worker.exit_code()})
        self._backoff.note_end(worker.started_s)

    def _remove(self, worker: WorkerProcess) -> None:
        self._selector.unregister(worker.fd)
        self._workers.remove(worker)
        self._metrics.forget(worker.pid)
        worker.close()

    # --- replacing ----------------------------------------------------------------------------

    def _begin_to_roll(self) -> None:
        """Read the settings again and begin to replace every worker."""
        try:
            settings = self._load()
            _check(settings)
        except StartError as error:
            LOG.error("not restarted", extra={"problem": str(error)})  # noqa: TRY400  # no bug
            return
        asked = (settings.host, settings.metrics)
        now = (self._settings.host, replace(settings.metrics, port=self._endpoint.port))
        if asked != now:
            LOG.warning("host and metrics change with the next start, not with a restart")
        self._settings = replace(self._for_workers(settings), host=self._settings.host)
        LOG.info("restarting", extra={"workers": len(self._workers)})
        self._rolling = Rolling(tuple(self._workers), settings.workers)
        self._spawn(self._settings)

    def _roll_on(self) -> None:
        """Take the next step of replacing workers, if that is under way."""
        if self._rolling is None:
            return
        step, worker = self._rolling.next_step(self._workers)
        if step is Step.START:
            self._spawn(self._without_files())
        elif step is Step.STOP and worker is not None:
            worker.stop()
        elif step is Step.DONE:
            LOG.info("restarted", extra={"workers": len(self._workers)})
            self._rolling = None
        elif step is Step.GIVE_UP:
            LOG.error("not restarted", extra={"problem": "a new worker could not start"})
            self._rolling = None

    # --- ending -------------------------------------------------------------------------------

    def _told_to_end(self) -> bool:
        while self._signals:
            number = self._signals.pop(0)
            if number != signal.SIGHUP:
                return True
            if self._rolling is None:
                self._begin_to_roll()
        return False

    def _end_all(self) -> None:
        """Let all drain; kill what takes too long."""
        LOG.info("draining", extra={"grace_s": self._settings.grace_s})
        for worker in self._workers:
            worker.stop()
        end_s = time.monotonic() + _longest_drain_s(self._settings)
        while self._workers:
            self._listen()
            self._hurry_if_told()
            for worker in list(self._workers):
                if worker.exit_code() is not None:
                    self._remove(worker)
                elif time.monotonic() > end_s:
                    LOG.error("killed a worker that did not end", extra={"pid": worker.pid})
                    worker.kill()
        self._endpoint.close()
        self.close()
        LOG.info("stopped")

    def _hurry_if_told(self) -> None:
        """Pass a second signal on: clients are no longer waited for."""
        if any(number != signal.SIGHUP for number in self._signals):
            for worker in self._workers:
                worker.stop()
        self._signals.clear()

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Note signals; the loop looks at them between two ticks."""
        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        before = {
            number: signal.signal(number, lambda got, _: self._signals.append(got))
            for number in numbers
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _longest_drain_s(settings: ServerSettings) -> float:
    """Return how long a worker may take to end: clients leave, calls end, and a little more."""
    return settings.connection_age_s * (1 + JITTER) + settings.grace_s + _EXTRA_GRACE_S


def _check(settings: ServerSettings) -> None:
    if scheme_of(settings.store) == MEMORY:
        raise StartError(
            "workers do not share a store in memory: each would have stock of its own; name a "
            "SQLite file or a PostgreSQL database with --store, or leave out --workers"
        )


def run_supervised(load_settings: LoadSettings) -> int:
    """Serve with several processes until told to end, with the log on standard error.

    Returns
    -------
    int
        0 after a drain, 1 if the server could not start.
    """
    logs.configure("INFO")
    try:
        Supervisor(load_settings).run()
    except StartError as error:
        LOG.error("cannot start", extra={"problem": str(error)})  # noqa: TRY400  # no bug of ours
        return 1
    return 0

"""Keeps a number of workers serving one port: starts, restarts, replaces and ends them.

It starts no gRPC and serves no call, so that whatever happens to a worker, something is left
that starts another. Workers are copies of a template, which is started anew for new settings.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from allocation.build_kind import build_kind
from allocation.server import logs
from allocation.server.health.condition import Condition, Report
from allocation.server.processes.crew import Crew
from allocation.server.processes.port import reserve_port
from allocation.server.processes.restarts import Backoff
from allocation.server.processes.rolling import Rolling, Step
from allocation.server.processes.template_process import TemplateProcess
from allocation.server.processes.worker_process import WorkerProcess
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from allocation.store.address import MEMORY, scheme_of

LOG: Final = logging.getLogger("allocation.server")

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
        _check(settings)
        self._crew = Crew()
        # It takes longest: everything else happens beside it. And nothing may have happened yet:
        # no thread runs, nor is anything open but the log.
        self._template = self._crew.copy_as_template()
        logs.configure(settings.log_level)
        try:
            self._port = reserve_port(settings.host, settings.port)
        except StartError:
            self._crew.close()
            raise
        self._settings = self._for_workers(settings)
        self._template.load(self._settings)
        self._next: TemplateProcess | None = None
        self._previous: TemplateProcess | None = None
        self._backoff = Backoff(time.monotonic)
        self._rolling: Rolling | None = None
        self._signals: list[int] = []
        # Loaded beside the template, too.
        from allocation.server.metrics.endpoint import MetricsEndpoint  # noqa: PLC0415

        try:
            self._endpoint = MetricsEndpoint(
                settings.metrics, self._crew.metrics.registry, self.report
            )
        except StartError:
            self.close()
            raise

    def run(self) -> None:
        """Serve until told to end.

        Raises
        ------
        StartError
            If no worker can start; the last entry of the log says why.
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
        statuses = [each.status for each in list(self._crew.workers)]
        reports = [each.report for each in statuses if each is not None and each.report is not None]
        ready = next((each for each in reports if each.ready), None)
        if ready is not None:
            return ready
        if reports:
            return reports[0]
        return Report(live=True, conditions=(Condition("workers", "none serves yet"),))

    def close(self) -> None:
        """Let go of the port and the processes."""
        self._port.close()
        self._crew.close()

    # --- starting -----------------------------------------------------------------------------

    def _start_all(self) -> None:
        while not self._template.loaded:
            if self._signals:
                return
            if self._template.exit_code is not None:
                raise StartError("the workers could not be loaded; the last entry says why")
            self._crew.listen()
        first, *_ = [self._crew.start_worker(self._template) for _ in range(self._settings.workers)]
        while not first.serving:
            if self._signals:
                return
            if first.exit_code() is not None:
                raise StartError("the first worker could not start; its last entry says why")
            self._end_what_hangs()
            self._crew.listen()
        while not all(each.serving for each in self._crew.workers) and not self._signals:
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
                "build": build_kind(),
            },
        )

    def _for_workers(self, settings: ServerSettings) -> ServerSettings:
        """Return settings with the port as it is, shared, and metrics left to us."""
        return replace(
            settings,
            port=self._port.getsockname()[1],
            share_port=True,
            metrics=replace(settings.metrics, port=0),
        )

    # --- watching -----------------------------------------------------------------------------

    def _tick(self) -> None:
        self._crew.listen()
        for worker in self._crew.ended():
            self._ended(worker)
        self._end_what_hangs()
        self._look_after_template()
        self._take_next()
        self._roll_on()
        missing = self._rolling is None and len(self._crew.workers) < self._settings.workers
        if missing and self._template.loaded and self._backoff.may_start():
            self._crew.start_worker(self._template)

    def _end_what_hangs(self) -> None:
        """Kill what does nothing any more; that it has ended shows later."""
        for worker in self._crew.workers:
            if worker.overdue:
                LOG.error("a template hangs")
                worker.parent.kill()
            elif worker.stuck:
                LOG.error("a worker is stuck", extra={"pid": worker.pid})
                worker.kill()

    def _ended(self, worker: WorkerProcess) -> None:
        if worker.stopping:
            return
        LOG.error("a worker ended", extra={"pid": worker.pid, "exit_code": worker.exit_code()})
        self._backoff.note_end(worker.started_s)

    def _look_after_template(self) -> None:
        """Start another template if it has ended: workers go on, but there would be no more."""
        template = self._template
        if template.exit_code is None:
            return
        if template.ended_s is None:
            LOG.error(
                "the template ended", extra={"pid": template.pid, "exit_code": template.exit_code}
            )
            template.ended_s = time.monotonic()
            self._backoff.note_end(template.started_s)
        if self._backoff.may_start():
            self._crew.dismiss(template)
            # Files are in the store by now, and what was put since must not be undone.
            settings = replace(self._settings, network_files=())
            self._template = self._crew.start_template(settings)

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
        LOG.info("restarting", extra={"workers": len(self._crew.workers)})
        wanted = replace(self._for_workers(settings), host=self._settings.host)
        self._next = self._crew.start_template(wanted)

    def _take_next(self) -> None:
        """Begin with the first new worker once the new template is loaded."""
        new = self._next
        if new is None:
            return
        if new.exit_code is not None and not new.loaded:
            self._next = None
            self._crew.dismiss(new)
            LOG.error("not restarted", extra={"problem": "the new template could not load"})
        elif new.loaded:
            self._next, self._previous = None, self._template
            self._template, self._settings = new, new.settings
            self._rolling = Rolling(tuple(self._crew.workers), new.settings.workers)
            self._crew.start_worker(new)

    def _roll_on(self) -> None:
        """Take the next step of replacing workers, if that is under way."""
        if self._rolling is None or self._previous is None:
            return
        step, worker = self._rolling.next_step(self._crew.workers)
        if step is Step.START and self._template.loaded:
            self._crew.start_worker(self._template)
        elif step is Step.STOP and worker is not None:
            worker.stop()
        elif step is Step.DONE:
            LOG.info("restarted", extra={"workers": len(self._crew.workers)})
            self._rolled(self._previous)
        elif step is Step.GIVE_UP:
            LOG.error("not restarted", extra={"problem": "a new worker could not start"})
            self._template, self._previous = self._previous, self._template
            self._settings = self._template.settings
            self._rolled(self._previous)

    def _rolled(self, over: TemplateProcess) -> None:
        """End the replacement, and the template that is of no more use."""
        self._rolling = self._previous = None
        self._crew.dismiss(over)

    # --- ending -------------------------------------------------------------------------------

    def _told_to_end(self) -> bool:
        while self._signals:
            number = self._signals.pop(0)
            if number != signal.SIGHUP:
                return True
            if self._rolling is None and self._next is None:
                self._begin_to_roll()
        return False

    def _end_all(self) -> None:
        """Let all drain; kill what takes too long."""
        LOG.info("draining", extra={"grace_s": self._settings.grace_s})
        for worker in self._crew.workers:
            worker.stop()
        end_s = time.monotonic() + _longest_drain_s(self._settings)
        while self._crew.workers:
            self._crew.listen()
            self._hurry_if_told()
            self._crew.ended()
            for worker in self._crew.workers:
                if time.monotonic() > end_s:
                    LOG.error("killed a worker that did not end", extra={"pid": worker.pid})
                    worker.kill()
        self._endpoint.close()
        self.close()
        LOG.info("stopped")

    def _hurry_if_told(self) -> None:
        """Pass a second signal on: clients are no longer waited for."""
        if any(number != signal.SIGHUP for number in self._signals):
            for worker in self._crew.workers:
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
    return settings.oldest_connection_s + settings.grace_s + _EXTRA_GRACE_S


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
    # Without a thread of its own until the first template is forked.
    logs.configure("INFO", buffered=False)
    try:
        Supervisor(load_settings).run()
    except StartError as error:
        LOG.error("cannot start", extra={"problem": str(error)})  # noqa: TRY400  # no bug of ours
        return 1
    return 0

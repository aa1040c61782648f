"""The processes of a server: workers, and the templates that they are forked from."""

from __future__ import annotations

import logging
import os
import selectors
import socket
import time
from typing import Final

from allocation.server.processes.shared_metrics import SharedMetrics
from allocation.server.processes.template_process import TemplateProcess
from allocation.server.processes.template_start import Process, start_copy, start_program
from allocation.server.processes.worker_process import WorkerProcess
from allocation.server.settings import ServerSettings

LOG: Final = logging.getLogger("allocation.server")

_TICK_S: Final = 0.1


class Crew:
    """Starts, hears and forgets processes; what is to happen when is somebody else's matter.

    Attributes
    ----------
    workers
        All that have not been forgotten, those that end included.
    metrics
        What they count.
    """

    def __init__(self) -> None:
        self.workers: list[WorkerProcess] = []
        self.metrics = SharedMetrics()
        self._templates: list[TemplateProcess] = []
        self._selector = selectors.DefaultSelector()

    def start_template(self, settings: ServerSettings) -> TemplateProcess:
        """Start a template, a program as new as can be; it says when it is loaded."""
        environment = {**os.environ, **self.metrics.environment}
        template = self._with(start_program(environment))
        template.load(settings)
        return template

    def copy_as_template(self) -> TemplateProcess:
        """Start a template that is a copy of this process, and loads once it is told to.

        See `start_copy` for when that can be; in the copy, it does not return.
        """
        return self._with(start_copy(self.metrics.environment, self._selector.close))

    def _with(self, started: tuple[Process, socket.socket]) -> TemplateProcess:
        template = TemplateProcess(*started, time.monotonic)
        self._selector.register(template.fd, selectors.EVENT_READ, template)
        self._templates.append(template)
        return template

    def start_worker(self, template: TemplateProcess) -> WorkerProcess:
        """Start a worker, like the others of its template."""
        worker = template.start_worker()
        self._selector.register(worker.fd, selectors.EVENT_READ, worker)
        self.workers.append(worker)
        return worker

    def listen(self) -> None:
        """Wait a moment for what the processes have to say."""
        for key, _ in self._selector.select(_TICK_S):
            if not key.data.hear():
                self._selector.unregister(key.fd)

    def ended(self) -> list[WorkerProcess]:
        """Forget the workers that have ended, and return them."""
        found = [each for each in self.workers if each.exit_code() is not None]
        for worker in found:
            self.workers.remove(worker)
            if worker.pid is not None:
                self.metrics.forget(worker.pid)
            self._quiet(worker.fd)
            worker.close()
        return found

    def dismiss(self, template: TemplateProcess) -> None:
        """End a template and forget it; its workers go on."""
        self._templates.remove(template)
        self._quiet(template.fd)
        template.close()

    def close(self) -> None:
        """End all templates and let go of what was shared. Repeatable."""
        for template in list(self._templates):
            self.dismiss(template)
        self.metrics.close()
        self._selector.close()

    def _quiet(self, fd: int) -> None:
        if fd in self._selector.get_map():
            self._selector.unregister(fd)

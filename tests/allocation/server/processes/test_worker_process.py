"""A worker as its supervisor sees it: by what it says, and by how its pipe ends."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from allocation.server.processes.status import Status
from allocation.server.processes.worker_process import (
    BORN_S,
    STUCK_S,
    TOLD_S,
    UNKNOWN,
    WorkerProcess,
)

PID = 1 << 30
"""Of nobody: greater than any that Linux gives."""


class Parent:
    """A template, of which a test says what it says."""

    exit_code: int | None = None

    def __init__(self) -> None:
        self.told: dict[int, int] = {}

    def exit_code_of(self, pid: int) -> int | None:
        return self.told.get(pid)

    def kill(self) -> None:
        raise AssertionError("a worker does not end its parent")


class Scene:
    """A worker, its end of the pipe, and a clock."""

    def __init__(self) -> None:
        self.parent, self.now_s = Parent(), 0.0
        self.worker, (self.status_fd, life_fd) = WorkerProcess.waiting_for(
            self.parent, lambda: self.now_s
        )
        os.close(life_fd)

    def say(self) -> None:
        os.write(self.status_fd, Status(PID).line())
        assert self.worker.hear()

    def end(self) -> None:
        os.close(self.status_fd)
        self.status_fd = -1
        assert not self.worker.hear()


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    yield scene
    scene.worker.close()
    if scene.status_fd >= 0:
        os.close(scene.status_fd)


def test_how_it_ended_is_what_its_template_says(scene: Scene) -> None:
    scene.say()
    assert scene.worker.exit_code() is None
    scene.end()
    assert scene.worker.exit_code() is None
    scene.parent.told[PID] = 7
    assert scene.worker.exit_code() == 7


def test_that_it_ended_is_known_soon_when_its_template_hangs(scene: Scene) -> None:
    scene.say()
    scene.end()
    scene.now_s += TOLD_S
    assert scene.worker.exit_code() is None
    scene.now_s += 0.01
    assert scene.worker.exit_code() == UNKNOWN


def test_that_it_ended_is_known_at_once_when_its_template_has(scene: Scene) -> None:
    scene.say()
    scene.end()
    scene.parent.exit_code = 1
    assert scene.worker.exit_code() == UNKNOWN


def test_one_that_never_came_has_ended_when_its_pipe_does(scene: Scene) -> None:
    scene.end()
    assert scene.worker.exit_code() == UNKNOWN


def test_one_that_does_not_come_is_overdue(scene: Scene) -> None:
    scene.now_s += BORN_S
    assert not scene.worker.overdue
    scene.now_s += 0.01
    assert scene.worker.overdue


def test_one_that_came_is_not_overdue(scene: Scene) -> None:
    scene.say()
    scene.now_s += 2 * BORN_S
    assert not scene.worker.overdue


def test_one_that_says_nothing_any_more_is_stuck(scene: Scene) -> None:
    scene.now_s = 100.0
    scene.say()
    scene.now_s += STUCK_S
    assert not scene.worker.stuck
    scene.now_s += 0.01
    assert scene.worker.stuck

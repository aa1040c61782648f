"""Writes that wait for their turn, and how those who asked for them hear what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

Tell = Callable[[Sequence[tuple[int, Any]]], None]
"""Is told, in a thread of the store, what came of writes that are over: the number of each, and
its answer, or its error. It must be quick and must not raise."""

RunOn = Callable[[Callable[[], None]], None]
"""Runs a function in a thread of its own choice, and returns when it is over."""


def here(function: Callable[[], None]) -> None:
    """Run a function in this thread; a `RunOn`."""
    function()


class Job(NamedTuple):
    """A request to a work that others may share.

    Attributes
    ----------
    work
        Takes requests and returns what comes of each.
    number
        What `tell` knows it by.
    repeatable
        Whether running it again does no harm when it took effect before.
    run_on
        Where `work` may decide.
    """

    work: Callable[..., Sequence[Any]]
    request: Any
    number: int
    tell: Tell
    repeatable: bool = True
    run_on: RunOn = here


def run_and_return(run_on: RunOn, function: Callable[[], T]) -> T:
    """Return what a function returns, or raise what it raises, wherever it runs."""
    returned: list[T] = []
    raised: list[Exception] = []

    def run() -> None:
        try:
            returned.append(function())
        except Exception as error:  # noqa: BLE001 - raised below, in this thread
            raised.append(error)

    run_on(run)
    for error in raised:
        raise error
    return returned[0]


def tell_all(jobs: Sequence[Job], answers: Iterable[Any]) -> None:
    """Tell everybody who waits, each once for all that they wait for."""
    told: dict[Tell, list[tuple[int, Any]]] = {}
    for job, answer in zip(jobs, answers, strict=True):
        told.setdefault(job.tell, []).append((job.number, answer))
    for tell, pairs in told.items():
        tell(pairs)


def future_and_tell() -> tuple[Future[Any], Tell]:
    """Return the future of one write, and what ends it."""
    future: Future[Any] = Future()
    # Whoever stops waiting does not call the write off.
    future.set_running_or_notify_cancel()

    def tell(pairs: Sequence[tuple[int, Any]]) -> None:
        for _, answer in pairs:
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    return future, tell

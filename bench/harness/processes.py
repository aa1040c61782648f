"""Work in several processes at once, of which none can fail unseen."""

from __future__ import annotations

import faulthandler
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing import connection, get_context
from multiprocessing.synchronize import Barrier
from typing import Any, Final, TypeVar

T = TypeVar("T")

_LEAVING_S: Final = 20.0


def run_at_once(
    work: Callable[..., T], arguments: Sequence[tuple[Any, ...]], *, most_s: float
) -> list[T]:
    """Run `work` once per tuple of arguments, each in a new process; return what they return.

    Parameters
    ----------
    work
        A function of a module. Its first argument is a barrier of all the processes.
    most_s
        Seconds until whoever has not answered is given up; a process says before that on
        standard error where it is.

    Raises
    ------
    RuntimeError
        One of them failed, ended without an answer, or took too long; none is left running.
    """
    context = get_context("spawn")
    barrier = context.Barrier(len(arguments))
    pipes = [context.Pipe(duplex=False) for _ in arguments]
    processes = [
        context.Process(target=_process, args=(work, barrier, given, answer, most_s))
        for given, (_, answer) in zip(arguments, pipes, strict=True)
    ]
    for process, (_, answer) in zip(processes, pipes, strict=True):
        process.start()
        # Only the process has the other end now: when it is gone, so is the pipe.
        answer.close()
    leaving_s = 0.0
    try:
        found = _answers([question for question, _ in pipes], most_s)
        leaving_s = _LEAVING_S
        return found
    finally:
        for process in processes:
            process.join(timeout=leaving_s)
            process.kill()
            process.join()
            process.close()
        for question, _ in pipes:
            question.close()


def _answers(pipes: Sequence[connection.Connection], most_s: float) -> list[Any]:
    give_up_s = time.monotonic() + most_s
    waiting = {pipe: place for place, pipe in enumerate(pipes)}
    found: list[Any] = [None] * len(pipes)
    while waiting:
        ready = connection.wait(list(waiting), timeout=max(0.0, give_up_s - time.monotonic()))
        if not ready:
            raise RuntimeError(f"{len(waiting)} processes gave no answer within {most_s:.0f} s")
        for pipe in ready:
            if not isinstance(pipe, connection.Connection):
                raise TypeError(f"{pipe!r} is no pipe")
            place = waiting.pop(pipe)
            try:
                answer, problem = pipe.recv()
            except EOFError:
                raise RuntimeError(f"process {place} ended without an answer") from None
            if problem:
                raise RuntimeError(f"process {place} failed:\n{problem}")
            found[place] = answer
    return found


def _process(
    work: Callable[..., Any],
    barrier: Barrier,
    given: tuple[Any, ...],
    answer: connection.Connection,
    most_s: float,
) -> None:
    faulthandler.dump_traceback_later(most_s * 0.95)
    try:
        answer.send((work(barrier, *given), ""))
    except BaseException:  # noqa: BLE001 - whoever waits is told
        answer.send((None, traceback.format_exc()))
    faulthandler.cancel_dump_traceback_later()

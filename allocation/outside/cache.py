"""Answers that are used again for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class AnswerCache(Generic[Question, Answer]):
    """Keeps the answers used last; safe for threads.

    Parameters
    ----------
    ttl_s
        Seconds for which an answer holds; 0 keeps none.
    most
        Answers kept, at least 1.
    clock
        Monotonic seconds.
    """

    def __init__(self, ttl_s: float, most: int, clock: Callable[[], float]) -> None:
        self._ttl_s = ttl_s
        self._most = most
        self._clock = clock
        self._lock = Lock()
        self._kept: OrderedDict[Question, tuple[float, Answer]] = OrderedDict()

    def get(self, question: Question) -> Answer | None:
        """Return an answer that still holds; ``None`` if there is none."""
        with self._lock:
            found = self._kept.get(question)
            if found is None:
                return None
            until_s, answer = found
            if self._clock() >= until_s:
                del self._kept[question]
                return None
            self._kept.move_to_end(question)
            return answer

    def put(self, question: Question, answer: Answer) -> None:
        """Keep an answer, and let go of the one that was not used for longest."""
        with self._lock:
            self._kept[question] = (self._clock() + self._ttl_s, answer)
            self._kept.move_to_end(question)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

"""A condition that was checked: compiled once, answered once for each distinct input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Final

import cel

from routing.rules.conditions.mentions import mentions
from routing.rules.conditions.situation import Facts, Situation
from routing.rules.findings import RuleEvaluationError

MOST_REMEMBERED: Final = 16_384


class Condition:
    """A condition over one or two subjects; safe to use from several threads.

    Answers are remembered by the values of the fields that the condition asks about.

    Parameters
    ----------
    rule
        Name of the rule, for errors.
    source
        The condition, free of problems (see `problems_of`).
    """

    __slots__ = ("_answers", "_program", "_rule", "fields", "keys", "source", "subjects")

    def __init__(self, rule: str, source: str) -> None:
        self.source: Final = source
        self._rule = rule
        self._program = cel.compile(source)
        asked: dict[str, list[str]] = {}
        for each in mentions(source):
            if len(each.names) > 1 and each.names[1] not in asked.setdefault(each.names[0], []):
                asked[each.names[0]].append(each.names[1])
        self.fields: Final[Mapping[str, tuple[str, ...]]] = {
            subject: tuple(sorted(names)) for subject, names in sorted(asked.items())
        }
        self.subjects: Final = tuple(self.fields)
        self.keys: Final[Mapping[str, Callable[[Facts], object]]] = {
            subject: itemgetter(*names) for subject, names in self.fields.items()
        }
        self._answers: dict[object, bool] = {}

    def holds(self, situation: Situation) -> bool:
        """Tell whether the condition holds.

        Raises
        ------
        RuleEvaluationError
            If it has no answer, for instance because it divides by zero.
        """
        facts = situation.facts
        key = tuple([key(facts[subject]) for subject, key in self.keys.items()])
        answer = self._answers.get(key)
        if answer is None:
            answer = self._evaluate(situation)
            if len(self._answers) >= MOST_REMEMBERED:
                self._answers.clear()
            self._answers[key] = answer
        return answer

    def _evaluate(self, situation: Situation) -> bool:
        try:
            answer = self._program.execute(situation.context)
        except (RuntimeError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise RuleEvaluationError(
                self._rule, f"{self.source!r} has no answer: {error}"
            ) from error
        if not isinstance(answer, bool):
            raise RuleEvaluationError(
                self._rule, f"{self.source!r} comes to {answer!r}; it must come to true or false"
            )
        return answer

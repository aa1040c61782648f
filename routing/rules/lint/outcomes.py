"""Which answers conditions can have together, by trying every case that they can tell apart.

A condition that only compares fields with literals cannot tell apart more than a few values
of each field: the literals, what lies between them, and anything else. Trying them all says
for certain whether it can ever hold, or whether two conditions can hold together. What goes
beyond comparisons (functions, arithmetic) is not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, combinations, product
from typing import Final

from routing.rules.conditions.condition import Condition
from routing.rules.conditions.fields import SUBJECTS, Field, Kind
from routing.rules.conditions.mentions import Mention, mentions
from routing.rules.conditions.situation import Situation
from routing.rules.conditions.tokens import TokenKind, tokens
from routing.rules.findings import RuleEvaluationError

Answers = frozenset[tuple[bool, ...]]
FieldName = tuple[str, str]

MOST_CASES: Final = 768
_OTHER: Final = "\N{OBJECT REPLACEMENT CHARACTER}"
_SIGNS: Final = frozenset({"&&", "||", "!", "(", ")", ".", ",", "[", "]"})
_COMPARING: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})
_MAY_BE_NEGATIVE: Final = frozenset({("location", "rank")})


def outcomes(conditions: Sequence[Condition | None]) -> Answers | None:
    """Return the combinations of answers that can occur, one answer per condition.

    Parameters
    ----------
    conditions
        ``None`` stands for a condition that always holds.

    Returns
    -------
    frozenset of tuple of bool, or None
        ``None`` when a condition goes beyond comparisons, or has too many cases.
    """
    given = [each for each in conditions if each is not None]
    if not all(_is_plain(each.source) for each in given):
        return None
    values = _values(mentions(each.source) for each in given)
    count = 1
    for each in values.values():
        count *= len(each)
    if count > MOST_CASES:
        return None
    try:
        return frozenset(
            tuple(each is None or each.holds(situation) for each in conditions)
            for situation in _cases(values)
        )
    except RuleEvaluationError:
        return None


@lru_cache(maxsize=4_096)
def _is_plain(source: str) -> bool:
    """Tell whether a condition only compares fields with literals."""
    for each in mentions(source):
        if each.call or len(each.names) != 2:
            return False
        kind = SUBJECTS[each.names[0]][each.names[1]].kind
        if not each.values and kind is not Kind.FLAG:
            return False
    return all(
        word.kind is not TokenKind.SIGN or word.text in _SIGNS | _COMPARING
        for word in tokens(source)
    )


def _values(asked: Iterable[Sequence[Mention]]) -> dict[FieldName, Sequence[object]]:
    literals: dict[FieldName, list[str]] = {}
    for each in chain.from_iterable(asked):
        known = literals.setdefault((each.names[0], each.names[1]), [])
        known += [literal.value for literal in each.values]
    return {
        name: _distinct(name, SUBJECTS[name[0]][name[1]], given)
        for name, given in sorted(literals.items())
    }


def _distinct(name: FieldName, field: Field, literals: Sequence[str]) -> Sequence[object]:
    """Return one value of each kind that comparisons with the literals can tell apart."""
    if field.kind is Kind.FLAG:
        return [True, False]
    if field.kind is Kind.TEXT:
        return list(field.values or dict.fromkeys([*literals, _OTHER]))
    if field.kind is Kind.TEXTS:
        tags = sorted(set(literals))
        sizes = range(len(tags) + 1)
        return [part for size in sizes for part in combinations(tags, size)]
    around = {int(each, 0) + step for each in literals for step in (-1, 0, 1)}
    least = min(around, default=0) if name in _MAY_BE_NEGATIVE else 0
    return sorted(each for each in around if each >= least) or [0]


def _cases(values: Mapping[FieldName, Sequence[object]]) -> Iterator[Situation]:
    for chosen in product(*values.values()):
        facts: dict[str, dict[str, object]] = {}
        for (subject, name), value in zip(values, chosen, strict=True):
            facts.setdefault(subject, {})[name] = value
        yield Situation(**facts)

"""What is wrong with a condition, found without an order: names, kinds, values, syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import cel

from routing.rules.conditions.cost import (
    MOST_STEPS,
    MOST_TAGS,
    repeated_parts,
    steps_of,
    times_of,
)
from routing.rules.conditions.fields import SUBJECTS, Field, Kind
from routing.rules.conditions.hints import closest, hint
from routing.rules.conditions.mentions import Mention, mentions, own_variables
from routing.rules.conditions.patterns import pattern_problems, pattern_steps
from routing.rules.conditions.problem import Problem
from routing.rules.conditions.samples import EMPTY, SAMPLES
from routing.rules.conditions.tokens import Token, TokenKind, tokens

_FUNCTIONS: Final = ("double", "has", "int", "size", "string")
_METHODS: Final = (
    *("contains", "endsWith", "matches", "size", "startsWith"),
    *("all", "exists", "exists_one", "filter", "map"),
)
_SPELLED: Final = {"and": "&&", "or": "||", "not": "!", "is": "==", "True": "true"}
_SPELLED_MORE: Final = {"False": "false", "None": "''", "AND": "&&", "OR": "||", "NOT": "!"}
_BY_LITERAL: Final = {TokenKind.TEXT: Kind.TEXT, TokenKind.NUMBER: Kind.NUMBER}
_SYNTAX: Final = re.compile(r"ERROR: <input>:(\d+):(\d+): ")
_ELSEWHERE: Final = {
    "order": ", the order belongs into when",
    "line": ", lines belong into the when of require and prefer",
    "location": ", the location belongs into location",
    "item": ", items are only known in safety_stock; elsewhere ask about line",
}


def problems_of(source: str, subjects: Sequence[str]) -> tuple[Problem, ...]:
    """Return everything wrong with a condition that may ask about the given subjects."""
    if not source.strip():
        return (Problem(0, "is empty; say when it holds, or leave the key out"),)
    found = list(_open_texts(source)) or [
        *_variables(source),
        *_names(source, subjects),
        *_length(source),
    ]
    try:
        program = cel.compile(source)
    except ValueError as error:
        return tuple(found) or tuple(_syntax(source, str(error)))
    found += pattern_problems(source)
    return tuple(found) if found else tuple(_trials(program, subjects))


def _open_texts(source: str) -> Iterator[Problem]:
    """Find a quote that no other one closes; what follows it is no list of names."""
    for word in tokens(source):
        if word.kind is TokenKind.SIGN and word.text in {"'", '"'}:
            yield Problem(word.offset, f"has a text that does not end; close it with {word.text}")
            return


def _length(source: str) -> Iterator[Problem]:
    """Find what would be answered for too long, before it is tried."""
    steps = steps_of(source) + pattern_steps(source)
    if steps > MOST_STEPS:
        yield Problem(
            0,
            f"could take {steps:,} steps for an order with {MOST_TAGS:,} tags, more than "
            f"{MOST_STEPS:,}; put fewer of all, exists, filter and map into one another",
        )
    words = list(tokens(source))
    parts = list(repeated_parts(words))
    for index, word in enumerate(words):
        if word.text == "+" and times_of(index, parts) > 1:
            # Texts that double at every step need no more than forty of them to fill a machine.
            yield Problem(word.offset, "adds within a list; compare the entries as they are")
            return


def _syntax(source: str, error: str) -> Iterator[Problem]:
    lines = source.splitlines(keepends=True)
    for word in tokens(source):
        spelled = _SPELLED.get(word.text) or _SPELLED_MORE.get(word.text)
        if word.kind is TokenKind.NAME and spelled:
            yield Problem(word.offset, f"has {word.text!r}; write {spelled}")
            return
    match = _SYNTAX.search(error)
    if match is None:
        yield Problem(0, f"is no condition: {error}")
        return
    line, column = int(match[1]), int(match[2])
    offset = min(len(source), sum(len(each) for each in lines[: line - 1]) + column - 1)
    yield Problem(offset, _syntax_words(source, offset))


def _syntax_words(source: str, offset: int) -> str:
    rest = source[offset:].lstrip()
    if rest.startswith("=") and not rest.startswith("=="):
        return "has a single '='; write == to compare"
    if not rest:
        return "ends too early; something is missing after the last word"
    word = next(tokens(rest)).text
    return f"is no condition: {word!r} does not fit here"


def _variables(source: str) -> Iterator[Problem]:
    for word in own_variables(source):
        if word.text in SUBJECTS:
            message = f"calls a variable {word.text!r} like what can be asked about; rename it"
            yield Problem(word.offset, message)


def _names(source: str, subjects: Sequence[str]) -> Iterator[Problem]:
    for each in mentions(source):
        root = each.names[0]
        if len(each.names) == 1 and each.call:
            if root not in _FUNCTIONS:
                yield Problem(
                    each.offsets[0], f"calls {root!r}, which there is not{hint(root, _FUNCTIONS)}"
                )
        elif root not in subjects:
            yield Problem(each.offsets[0], _unknown_root(root, subjects))
        elif len(each.names) > 1:
            yield from _field(each)
        else:
            # Answers are remembered by the fields that are named; see `Condition`.
            field = next(iter(SUBJECTS[root]))
            message = f"asks about {root!r} as a whole; name a field, such as {root}.{field}"
            yield Problem(each.offsets[0], message)


def _unknown_root(root: str, subjects: Sequence[str]) -> str:
    if root in SUBJECTS:
        known = " and ".join(subjects)
        return f"asks about {root!r}; here only {known} can be asked about{_ELSEWHERE[root]}"
    if root in _SPELLED or root in _SPELLED_MORE:
        return f"has {root!r}; write {_SPELLED.get(root) or _SPELLED_MORE[root]}"
    fields = [f"{subject}.{name}" for subject in subjects for name in SUBJECTS[subject]]
    exact = [each for each in fields if each.endswith(f".{root}")]
    if exact:
        return f"asks about {root!r}; write {' or '.join(exact)}"
    if closest(root, [*subjects, *fields]) is not None:
        return f"asks about {root!r}, which there is not{hint(root, [*subjects, *fields])}"
    return (
        f"asks about {root!r}, which there is not; a text stands in quotes: {root!r}, "
        f"a field is written like {fields[0]}"
    )


def _field(mention: Mention) -> Iterator[Problem]:
    root, name, *more = mention.names
    field = SUBJECTS[root].get(name)
    if field is None:
        yield Problem(
            mention.offsets[1],
            f"asks about '{root}.{name}', which there is not{hint(name, SUBJECTS[root])}",
        )
    elif more and not (mention.call and len(more) == 1):
        yield Problem(mention.offsets[2], f"'{root}.{name}' is a {field.kind.value} without parts")
    elif more and more[0] not in _METHODS:
        yield Problem(
            mention.offsets[2], f"calls {more[0]!r}, which there is not{hint(more[0], _METHODS)}"
        )
    else:
        for value in mention.values:
            yield from _value(f"{root}.{name}", field, mention.sign, value)


def _value(path: str, field: Field, sign: str, literal: Token) -> Iterator[Problem]:
    given = _kind_of(literal)
    wanted = Kind.TEXT if field.kind is Kind.TEXTS and sign == "contains" else field.kind
    if sign == "contains" and field.kind is not Kind.TEXTS:
        yield Problem(
            literal.offset, f"looks for {literal.text} in {path!r}, which is a {field.kind.value}"
        )
    elif field.kind is Kind.TEXTS and sign != "contains":
        yield Problem(
            literal.offset,
            f"compares {path!r}, a list of texts, with {literal.text}; write "
            f"{literal.text} in {path}",
        )
    elif given is not wanted or (literal.kind is TokenKind.NUMBER and "." in literal.text):
        yield Problem(literal.offset, _wrong_kind(path, field, literal))
    elif field.values and literal.value not in field.values:
        yield Problem(
            literal.offset,
            f"{path} is never {literal.text}{hint(literal.value, field.values)}",
        )


def _kind_of(literal: Token) -> Kind | None:
    if literal.text in {"true", "false"}:
        return Kind.FLAG
    return _BY_LITERAL.get(literal.kind)


def _wrong_kind(path: str, field: Field, literal: Token) -> str:
    said = f"compares {path!r}, a {field.kind.value}, with {literal.text}"
    if path.endswith("_minor") and literal.kind is TokenKind.NUMBER:
        return f"{said}; amounts are in minor units: 4.50 is 450"
    if field.kind is Kind.NUMBER and literal.kind is TokenKind.TEXT:
        return f"{said}; leave the quotes out"
    if field.kind is Kind.TEXT and literal.kind is TokenKind.NUMBER:
        return f"{said}; put it into quotes"
    return said


_KINDS: Final = {int: "whole number", float: "number", str: "text", list: "list", dict: "map"}


def _trials(program: cel.Program, subjects: Sequence[str]) -> Iterator[Problem]:
    """Answer the condition for made-up subjects: it must come to true or false."""
    full = _trial(program, {name: SAMPLES[name] for name in subjects})
    if full is not None:
        yield Problem(0, full)
        return
    empty = _trial(program, {name: EMPTY[name] for name in subjects})
    if empty is not None:
        guard = "guard it, for instance with size(order.tags) > 0 && or order.units > 0 &&"
        yield Problem(0, f"{empty}, where every field is empty or 0; {guard}")


def _trial(program: cel.Program, facts: Mapping[str, object]) -> str | None:
    """Return what is wrong with the answer, ``None`` if nothing is."""
    try:
        answer = program.execute(dict(facts))
    except (RuntimeError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        return f"cannot be answered: {' '.join(str(error).split())}"
    if isinstance(answer, bool):
        return None
    kind = _KINDS.get(type(answer), "something else")
    return f"comes to a {kind}; it must come to true or false"

"""Regular expressions in conditions: written out, small once they are compiled, and right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import cel

from routing.rules.conditions.cost import repeated_parts, times_of
from routing.rules.conditions.problem import Problem
from routing.rules.conditions.tokens import Token, TokenKind, tokens

MOST_WEIGHT: Final = 2_000
"""What one pattern may weigh: about 5 ms, as it is compiled for each answer."""

STEPS_PER_WEIGHT: Final = 75

_WORDS: Final = re.compile(
    r"""
    \\[pP]\{[^}]*\} | \\x\{[^}]*\} | \\.      # classes and characters by a letter
  | \[(?:\\.|[^\]\\])*\]                      # classes written out
  | \{(?P<from>\d*),?(?P<to>\d*)\}            # how often
  | \(\?[^:)]*: | \(\?[a-zA-Z-]*\) | .                        # groups with options; anything else
    """,
    re.VERBOSE | re.DOTALL,
)
_HEAVY: Final = {"w": 100, "W": 100, "p": 100, "P": 100, "d": 10, "D": 10, "s": 10, "S": 10}


def pattern_problems(source: str) -> Iterator[Problem]:
    """Yield what is wrong with the patterns of a condition."""
    words = list(tokens(source))
    parts = list(repeated_parts(words))
    for index in _patterns(words):
        pattern = words[index]
        if pattern.kind is not TokenKind.TEXT or _goes_on(words, index):
            yield Problem(
                pattern.offset,
                "matches with what is no text; write the pattern out: matches('^web-')",
            )
            continue
        weight = weight_of(str(cel.compile(pattern.text).execute()))
        most = MOST_WEIGHT if times_of(index, parts) == 1 else MOST_WEIGHT // 20
        if weight > most:
            yield Problem(
                pattern.offset,
                f"{pattern.text} would take long: it weighs {weight}, at most {most} here; write "
                "[a-z0-9] for \\w, and repeat less with {}",
            )
            continue
        yield from _mistakes(pattern)


def pattern_steps(source: str) -> int:
    """Return how many steps the patterns of a condition take at most."""
    words = list(tokens(source))
    parts = list(repeated_parts(words))
    return sum(
        weight_of(words[index].value) * times_of(index, parts) * STEPS_PER_WEIGHT
        for index in _patterns(words)
    )


def weight_of(pattern: str) -> int:
    """Return how large a pattern is once compiled, in characters that it is made of."""
    # The weight of what is read so far in each open group, and that of the last thing read.
    sums, last = [0], 0
    for match in _WORDS.finditer(pattern):
        word = match.group()
        if word.startswith("(?") and word.endswith(")"):
            continue  # Options for what follows.
        if word.startswith("("):
            sums.append(0)
            last = 0
        elif word == ")":
            last = sums.pop() if len(sums) > 1 else 0
            sums[-1] += last
        elif match["to"] is not None and (match["from"] or match["to"]):
            times = max(int(each) for each in (match["from"], match["to"]) if each)
            sums[-1] += last * (times - 1)
            last *= times
        else:
            last = _weight(word)
            sums[-1] += last
    return sum(sums)


def _weight(word: str) -> int:
    if word.startswith("["):
        inside = [_HEAVY.get(each[1], 1) for each in re.findall(r"\\.", word)]
        return max([10 if word.startswith("[^") else 2, *inside])
    if word.startswith("\\"):
        return _HEAVY.get(word[1:2], 1)
    return 10 if word == "." else 1


def _mistakes(pattern: Token) -> Iterator[Problem]:
    """Find a pattern that is none; a trial might not get as far as it stands."""
    try:
        cel.compile(f"''.matches({pattern.text})").execute()
    except (RuntimeError, ValueError) as error:
        why = str(error).rpartition("error: ")[2].partition(". Check")[0]
        yield Problem(pattern.offset, f"{pattern.text} is no regular expression: {why}")


def _patterns(words: Sequence[Token]) -> Iterator[int]:
    """Yield where the pattern of each `matches` begins."""
    for index in range(1, len(words) - 2):
        before, word, after = words[index - 1 : index + 2]
        if (before.text, word.text, after.text) == (".", "matches", "("):
            yield index + 2


def _goes_on(words: Sequence[Token], index: int) -> bool:
    """Whether a text is only a part of the argument."""
    return index + 1 >= len(words) or words[index + 1].text not in (")", ",")

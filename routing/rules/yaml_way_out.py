"""What to do about a text that is no YAML, in place of the parser's words alone."""

from __future__ import annotations

import re
from typing import Final

_QUOTED_FIRST: Final = re.compile(r"""^\s*(?:- +)?[\w.-]+: +(?P<quote>['"]).*?(?P=quote) *\S""")
"""A key whose value begins with a quote and goes on behind it: ``when: 'vip' in order.tags``."""
_COLON_INSIDE: Final = re.compile(r"^\s*(?:- +)?[\w.-]+: +[^'\"|>\s].*: ")


def way_out(problem: str, line: str) -> str:
    """Return "; what to do" for a mistake that people make, or nothing.

    Parameters
    ----------
    problem
        The parser's words.
    line
        The whole line that they are about.
    """
    if "\\t" in problem:
        return "; begin lines with blanks, not with tabs"
    if found := _QUOTED_FIRST.match(line):
        other = "single" if found["quote"] == '"' else "double"
        return (
            "; a value that begins with a quote ends with it: put the whole of it into "
            f"{other} quotes"
        )
    if "mapping values are not allowed" in problem and _COLON_INSIDE.match(line):
        return "; put a value that has ': ' in it into quotes as a whole"
    return ""

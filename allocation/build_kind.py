"""Which build of the program runs: plain Python, or its compiled modules."""

from __future__ import annotations

from enum import StrEnum
from types import FunctionType


class BuildKind(StrEnum):
    """How the modules that plan were made."""

    PYTHON = "python"
    COMPILED = "compiled"


def build_kind() -> BuildKind:
    """Return which build runs; both give the same answers, the compiled one in less time.

    This module is compiled with the others, and by itself tells which it is: a compiled function
    is none of Python's.
    """
    return BuildKind.PYTHON if isinstance(build_kind, FunctionType) else BuildKind.COMPILED

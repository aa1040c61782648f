"""Which columns or keys the code of an importer asks for, from its syntax tree."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType

_READERS = frozenset({"text", "needed", "decimal", "flag", "objects", "object"})


def names_read(*modules: ModuleType) -> frozenset[str]:
    """Return every name that the modules read from a row or an object.

    A name that is put together, ``f"option{number} value"``, comes with a star for each hole.
    """
    return frozenset(
        name
        for module in modules
        for call in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(call, ast.Call)
        for name in _names(call)
    )


def _names(call: ast.Call) -> Iterator[str]:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _READERS:
        return
    for argument in call.args[:1]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            if argument.value:
                yield argument.value
        elif isinstance(argument, ast.JoinedStr):
            parts = (
                str(part.value) if isinstance(part, ast.Constant) else "*"
                for part in argument.values
            )
            yield "".join(parts)


def words_in(*modules: ModuleType) -> frozenset[str]:
    """Return every text constant of the modules."""
    return frozenset(
        constant.value
        for module in modules
        for constant in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    )

"""The source as it is compiled: frozen dataclasses with their constructors written out.

The constructor that `dataclass` makes of a frozen class is Python, and slow; `routing.quick` has
a quicker one that a compiled class cannot have. Written out, mypyc makes of it a few stores into
a struct, and Python callers still find the class frozen. What copies and pickles instances by
their slots is written out too, since a compiled class has none.

No line moves, so that tracebacks of compiled code fit the source that people read: what is added
takes the place of the two blank lines behind a class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_MADE: Final = "dataclass"
_QUICK: Final = "quick"


class RewriteError(Exception):
    """A class is written in a way that this step does not know."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of a dataclass as its source says it."""

    name: str
    type: str
    given: bool
    default: str | None
    factory: str | None

    def parameter(self) -> str:
        """Return the parameter of the constructor."""
        if self.factory is not None:
            return f"{self.name}: {self.type} | None = None"
        default = "" if self.default is None else f" = {self.default}"
        return f"{self.name}: {self.type}{default}"

    def assignment(self) -> str | None:
        """Return how the constructor sets it; ``None`` if it leaves that to `__post_init__`."""
        if self.factory is not None:
            made = f"({self.factory})()"
            return self._set(f"{made} if {self.name} is None else {self.name}" * self.given or made)
        return self._set(self.name) if self.given else self.default and self._set(self.default)

    def _set(self, value: str) -> str:
        return f"self.{self.name} = {value}"


def rewrite(source: str, path: str) -> str:
    """Return the source of a module as it is compiled, line by line in the same places.

    Parameters
    ----------
    path
        For messages.

    Raises
    ------
    RewriteError
        If a frozen dataclass has something that the written-out constructor cannot say, or
        there are coroutines.
    """
    lines = source.split("\n")
    for each in ast.walk(ast.parse(source)):
        if isinstance(each, ast.AsyncFunctionDef):
            raise RewriteError(
                f"{path}:{each.lineno}: {each.name} is a coroutine, and compiled ones destroy "
                "memory when calls end with errors; keep it in a module of its own, in Python"
            )
        if isinstance(each, ast.ClassDef):
            _rewrite_class(each, lines, path)
    return "\n".join(lines)


def _rewrite_class(of: ast.ClassDef, lines: list[str], path: str) -> None:
    made = next((each for each in of.decorator_list if _name(each) == _MADE), None)
    if not isinstance(made, ast.Call):
        return
    options = {each.arg: ast.unparse(each.value) for each in made.keywords}
    if options.pop("slots", None) is None or options.get("frozen") != "True" or of.bases:
        return
    where = f"{path}:{of.lineno}: {of.name}"
    for each in of.decorator_list:
        if _name(each) == _QUICK:
            _put(lines, each.lineno, "", where)
    said = ", ".join(f"{name}={value}" for name, value in {**options, "init": "False"}.items())
    _put(lines, made.lineno, f"@{_MADE}({said})", where, made.end_lineno)
    methods = {each.name for each in of.body if isinstance(each, ast.FunctionDef)}
    fields = tuple(_fields(of, where))
    added = [] if "__init__" in methods else [_constructor(fields, "__post_init__" in methods)]
    if not methods & {"__reduce__", "__getstate__"}:
        added.append(_reduced(of.name, fields))
    indent = " " * (of.col_offset + 4)
    for number, text in enumerate(added, start=(of.end_lineno or 0) + 1):
        if number <= len(lines) and lines[number - 1]:
            raise RewriteError(f"{where} needs {len(added)} blank lines behind it; run make format")
        if number > len(lines):
            lines.append("")
        lines[number - 1] = indent + text


def _put(lines: list[str], number: int, text: str, where: str, end: int | None = None) -> None:
    if end not in {None, number}:
        raise RewriteError(f"{where}: its decorator is on several lines; write it on one")
    lines[number - 1] = text


def _constructor(fields: Sequence[_Field], then: bool) -> str:
    parameters = ", ".join(each.parameter() for each in fields if each.given)
    body = [each.assignment() for each in fields]
    statements = [each for each in body if each] + ["self.__post_init__()"] * then
    return f"def __init__(self, {parameters}) -> None: {'; '.join(statements) or 'pass'}"


def _reduced(name: str, fields: Sequence[_Field]) -> str:
    values = "".join(f"self.{each.name}, " for each in fields if each.given)
    return f"def __reduce__(self) -> tuple[object, ...]: return {name}, ({values.strip()})"


def _fields(of: ast.ClassDef, where: str) -> Iterator[_Field]:
    for each in of.body:
        if not isinstance(each, ast.AnnAssign) or not isinstance(each.target, ast.Name):
            continue
        kind = ast.unparse(each.annotation)
        if "ClassVar" in kind:
            continue
        name, value = each.target.id, each.value
        if not isinstance(value, ast.Call) or _name(value) != "field":
            default = None if value is None else ast.unparse(value)
            yield _Field(name, kind, given=True, default=default, factory=None)
            continue
        said = {str(one.arg): ast.unparse(one.value) for one in value.keywords}
        factory = said.get("default_factory")
        if "kw_only" in said or (factory is not None and "None" in kind):
            raise RewriteError(f"{where}.{name}: {ast.unparse(value)} cannot be written out")
        given = said.get("init") != "False"
        yield _Field(name, kind, given, said.get("default"), factory)


def _name(of: ast.expr) -> str:
    called = of.func if isinstance(of, ast.Call) else of
    return called.id if isinstance(called, ast.Name) else ""

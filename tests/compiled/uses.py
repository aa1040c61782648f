"""What callers can do with instances of dataclasses, whatever build made the class."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final


def instances(of: object, found: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the first instance of every dataclass in a value, by the name of the class."""
    found = {} if found is None else found
    if is_dataclass(of) and not isinstance(of, type):
        found.setdefault(type(of).__qualname__, of)
        values: list[object] = [getattr(of, each.name, None) for each in fields(of)]
    elif isinstance(of, Mapping):
        values = [*of, *of.values()][:4]
    else:
        values = list(of)[:4] if isinstance(of, tuple) else []
    for each in values:
        instances(each, found)
    return found


def outcomes(of: Any) -> Iterator[str]:
    """Try every use; yield what it is and what came of it."""
    for name, use in USES.items():
        try:
            came = use(of)
        except Exception as error:  # noqa: BLE001  # which one is what is asked
            came = type(error).__name__
        yield f"{name}: {came}"


def _first(of: Any) -> str:
    return fields(of)[0].name


def _is_like(one: Any, other: Any) -> bool:
    # A copied set may list its members in another order.
    return type(one) is type(other) and sorted(repr(one)) == sorted(repr(other))


USES: Final[dict[str, Callable[[Any], object]]] = {
    "assign": lambda of: setattr(of, _first(of), getattr(of, _first(of))),
    "delete": lambda of: delattr(of, _first(of)),
    "copy": lambda of: _is_like(copy.copy(of), of),
    "deepcopy": lambda of: _is_like(copy.deepcopy(of), of),
    "pickle": lambda of: _is_like(pickle.loads(pickle.dumps(of)), of),
    "replace": lambda of: _is_like(replace(of), of),
    "equal": lambda of: of == replace(of),
    "other": lambda of: of == 1,
    "hash": lambda of: hash(of) == hash(replace(of)),
    "order": lambda of: of <= replace(of),
    "match": lambda of: type(of).__match_args__,
    "without arguments": lambda of: type(of)(),
}
"""By name; each gives what came of it, or raises."""

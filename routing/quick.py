"""Frozen dataclasses that are made as quickly as ones that are not.

A frozen dataclass sets each field by `object.__setattr__`, which takes several times as long
as an assignment; an order is planned with hundreds of such fields. Here an instance belongs,
while its fields are set and before anybody sees it, to a twin class that is not frozen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def quick(cls: type[T]) -> type[T]:
    """Exchange the constructor of a frozen dataclass with slots for a quick one.

    Nothing else changes: it takes the same arguments, and instances are as frozen. The class
    cannot have subclasses: making an instance of one raises `TypeError`.

    Parameters
    ----------
    cls
        Derives from `object` alone; none of its fields are for keywords only.

    Raises
    ------
    TypeError
        If it is not such a class.
    """
    every = fields(cls)  # type: ignore[arg-type]
    names = tuple(each.name for each in every)
    if cls.__bases__ != (object,) or getattr(cls, "__slots__", None) != names:
        raise TypeError(f"{cls.__name__} is not a dataclass with slots that derives from object")
    if any(each.kw_only for each in every):
        raise TypeError(f"{cls.__name__} has fields for keywords only")
    twin = type(cls.__name__, (object,), {"__slots__": names})
    known: dict[str, Any] = {"_put": object.__setattr__, "_twin": twin, "_own": cls}
    for each in every:
        known[f"_default_{each.name}"] = each.default
        known[f"_make_{each.name}"] = each.default_factory
    known["_MISSING"] = MISSING
    parameters = ", ".join(_parameter(each) for each in every if each.init)
    body = [
        "_put(self, '__class__', _twin)",
        *(line for each in every for line in _assigned(each)),
        "self.__class__ = _own",
    ]
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    code = f"def __init__(self, {parameters}):\n    " + "\n    ".join(body)
    # As `dataclasses` itself does: the text is made of the names of fields alone.
    exec(code, known)  # noqa: S102
    made = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__module__ = cls.__module__
    made.__wrapped__ = cls.__init__  # So that its signature has the types.
    cls.__init__ = made  # type: ignore[method-assign]
    return cls


def _parameter(of: Field[Any]) -> str:
    if of.default is not MISSING:
        return f"{of.name}=_default_{of.name}"
    return of.name if of.default_factory is MISSING else f"{of.name}=_MISSING"


def _assigned(of: Field[Any]) -> Iterator[str]:
    if of.default_factory is not MISSING:
        made = f"_make_{of.name}()"
        given = f"{made} if {of.name} is _MISSING else {of.name}" if of.init else made
        yield f"self.{of.name} = {given}"
    elif of.init:
        yield f"self.{of.name} = {of.name}"
    elif of.default is not MISSING:
        yield f"self.{of.name} = _default_{of.name}"

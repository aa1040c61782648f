"""What the build makes of frozen dataclasses before it compiles them."""

from __future__ import annotations

import ast
import copy
import pickle
from typing import Any

import pytest

from tools.compiled.build import ROOT
from tools.compiled.rewrite import RewriteError, rewrite
from tools.compiled.table import compiled_files

CLASS = '''
from dataclasses import dataclass, field

@quick
@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """A class."""

    a_g: int
    b: str = "b"
    c: tuple[int, ...] = field(default=(1,), repr=False)
    d: list[int] = field(default_factory=list, compare=False)
    e: dict[str, int] = field(init=False, default_factory=dict, compare=False)
    f: int = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "f", self.a_g + 1)


AFTER = 1
'''


def made(source: str) -> Any:
    """Run a rewritten module as Python, where the constructor may not assign: thaw it."""
    space: dict[str, Any] = {"__name__": __name__}
    exec(rewrite(source, "kept.py").replace("frozen=True", "unsafe_hash=True"), space)
    return space["Kept"]


def test_the_written_constructor_takes_and_sets_what_the_dataclass_does() -> None:
    kept = made(CLASS)(1, c=(2,))
    assert (kept.a_g, kept.b, kept.c, kept.d, kept.e, kept.f) == (1, "b", (2,), [], {}, 2)
    given = made(CLASS)(1, "x", (), [3])
    assert (given.b, given.c, given.d) == ("x", (), [3])


def test_factories_are_called_for_each_instance() -> None:
    kind = made(CLASS)
    assert kind(1).d is not kind(1).d
    assert kind(1).e is not kind(1).e


def test_instances_can_be_copied_and_pickled_without_slots(monkeypatch: Any) -> None:
    kind = made(CLASS)
    monkeypatch.setitem(globals(), "Kept", kind)
    kept = kind(1, "x", (2,), [3])
    for other in (copy.copy(kept), pickle.loads(pickle.dumps(kept))):
        assert other == kept
        assert other.d == [3]


def test_no_line_moves() -> None:
    before, after = CLASS.split("\n"), rewrite(CLASS, "kept.py").split("\n")
    assert len(after) == len(before)
    changed = [old for old, new in zip(before, after, strict=True) if old != new]
    assert changed == ["@quick", "@dataclass(frozen=True, slots=True, order=True)", "", ""]


def test_classes_that_are_not_frozen_stay_as_they_are() -> None:
    source = CLASS.replace("frozen=True, ", "").replace("@quick\n", "")
    assert rewrite(source, "kept.py") == source


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("field(default=(1,), repr=False)", "field(default=(), kw_only=True)", "Kept.c"),
        ("d: list[int]", "d: list[int] | None", "Kept.d"),
        ("\n\nAFTER", "AFTER", "blank lines"),
        ("slots=True, order", "slots=True,\n    order", "several lines"),
    ],
)
def test_what_cannot_be_written_out_is_refused_with_its_place(
    old: str, new: str, said: str
) -> None:
    with pytest.raises(RewriteError, match=rf"kept\.py:\d+: Kept.*{said}|{said}"):
        rewrite(CLASS.replace(old, new), "kept.py")


def test_coroutines_are_refused() -> None:
    with pytest.raises(RewriteError, match=r"kept\.py:1: call is a coroutine"):
        rewrite("async def call() -> None: ...\n", "kept.py")


@pytest.mark.parametrize("path", compiled_files(ROOT))
def test_every_compiled_module_can_be_rewritten(path: str) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    after = rewrite(source, path)
    ast.parse(after)
    assert len(after.split("\n")) - len(source.split("\n")) in {0, 1}

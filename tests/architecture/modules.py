"""The project's own modules, as syntax trees, for tests that read the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
GENERATED = ("routing/v1", "allocation/v1")


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file of the project; `path` is relative to the repository, with slashes."""

    path: str
    text: str
    tree: ast.Module


def modules_below(*folders: str, root: Path = ROOT) -> Iterator[Module]:
    """Yield every hand-written module below `folders`, sorted by path."""
    for folder in folders:
        for file in sorted((root / folder).rglob("*.py")):
            path = file.relative_to(root).as_posix()
            if not path.startswith(GENERATED):
                text = file.read_text(encoding="utf-8")
                yield Module(path, text, ast.parse(text, filename=path))


def parse(path: str, text: str) -> Module:
    """Return a module that is not on disk, to try a check on."""
    return Module(path, text, ast.parse(text, filename=path))

"""What a compiled tree was made from: one that is still current is not made again."""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tools.compiled.table import PACKAGES

STAMP: Final = "made-from"
"""File in a tree that has the digest of its origin; written when everything else is there."""

FLAGS: Final = ("-fvisibility=hidden", "-fno-plt") if sys.platform == "linux" else ()
"""For the C compiler: calls go straight to what they call, without the table in which another
library could put something else in its place. Plans take a tenth less time."""

_VARIABLES: Final = ("CC", "CFLAGS", "CPPFLAGS", "LDFLAGS")


def way_of(optimize: int) -> str:
    """Return a digest of how C is compiled: by which tools, with which options."""
    facts = (sys.version, sysconfig.get_platform(), version("mypy"), version("setuptools"))
    given = [f"{name}={os.environ.get(name, '')}" for name in _VARIABLES]
    said = [*facts, *given, *FLAGS, str(optimize)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def origin_of(root: Path, optimize: int) -> str:
    """Return a digest of everything that a tree is made from: sources, tools and options."""
    digest = hashlib.sha256(way_of(optimize).encode())
    for path in sorted(_sources(root)):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def is_current(tree: Path, origin: str) -> bool:
    """Whether a tree is complete and was made from that."""
    try:
        return (tree / STAMP).read_text(encoding="utf-8") == origin
    except FileNotFoundError:
        return False


def _sources(root: Path) -> Iterator[Path]:
    for folder in (*PACKAGES, "tools/compiled"):
        for path in (root / folder).rglob("*"):
            if path.is_file() and path.suffix not in {".pyc", ".so", ".pyd"}:
                yield path

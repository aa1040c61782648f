"""Translate modules to C and compile them, in the working directory; `build` runs this."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from mypyc.build import mypycify
from setuptools import Distribution
from setuptools.command.build_ext import build_ext

from tools.compiled.origin import FLAGS, way_of

CONFIG: Final = Path(__file__).with_name("mypyc.ini")
C: Final = "c"
LIBRARY: Final = "shipfrom"
"""The compiled code is in one library, ``shipfrom__mypyc``; modules are doors into it."""


class _SideBySide(build_ext):  # type: ignore[misc]  # untyped
    """Compiles the C files of an extension on all processors, and those that changed only."""

    def build_extension(self, ext: Any) -> None:
        compile_in_turn = self.compiler.compile
        headers = _digest(sorted(Path(C).rglob("*.h")))

        def compile_all(sources: Sequence[str], **options: Any) -> list[str]:
            def compile_one(source: str) -> list[str]:
                made = self.compiler.object_filenames([source], output_dir=options["output_dir"])
                key, kept = headers + _digest([Path(source)]), Path(f"{made[0]}.made-from")
                if not (kept.is_file() and kept.read_text() == key and Path(made[0]).is_file()):
                    kept.unlink(missing_ok=True)
                    compile_in_turn([source], **options)
                    kept.write_text(key)
                return list(made)

            with ThreadPoolExecutor(os.cpu_count()) as pool:
                return [each for made in pool.map(compile_one, sources) for each in made]

        self.compiler.compile = compile_all
        try:
            super().build_extension(ext)
        finally:
            self.compiler.compile = compile_in_turn


def main(optimize: str, files: Sequence[str]) -> None:
    """Compile the files into ``made/``."""
    extensions = mypycify(
        ["--config-file", str(CONFIG), *files],
        opt_level=optimize,
        debug_level="0",
        multi_file=True,
        group_name=LIBRARY,
        target_dir=C,
    )
    for each in extensions:
        each.extra_compile_args = [*each.extra_compile_args, *FLAGS]
    command = _SideBySide(Distribution({"name": LIBRARY, "ext_modules": extensions}))
    command.build_lib = "made"
    # Objects that were compiled in another way are none that did not change.
    command.build_temp = f"objects-{way_of(int(optimize))[:16]}"
    command.ensure_finalized()
    command.run()


def _digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

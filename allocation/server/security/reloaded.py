"""Files that may be replaced while the server runs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, Generic, TypeVar

T = TypeVar("T")

LOG: Final = logging.getLogger("allocation.server")
LOOK_EVERY_S: Final = 1.0


class ReloadedFiles(Generic[T]):
    """What some files say, read again when one of them was replaced.

    A replacement that cannot be used is logged once, and what was there before stays:
    a broken file must not lock everybody out, nor let anybody in.

    Parameters
    ----------
    paths
        Looked at together.
    read
        Makes a value of them; raises `ValueError` or `OSError` with the reason if it cannot.
    clock
        Monotonic seconds.

    Raises
    ------
    ValueError, OSError
        From `read`, at the start.
    """

    def __init__(
        self, paths: tuple[Path, ...], read: Callable[[], T], clock: Callable[[], float]
    ) -> None:
        self._paths = paths
        self._read = read
        self._clock = clock
        self._stamp = self._stamps()
        self._value = read()
        self._looked_s = clock()
        self.changes = 0

    def value(self) -> T:
        """Return what the files say, at most `LOOK_EVERY_S` seconds late."""
        now_s = self._clock()
        if now_s - self._looked_s >= LOOK_EVERY_S:
            self._looked_s = now_s
            self.look()
        return self._value

    def look(self) -> bool:
        """Look now; return whether something new was taken over."""
        stamp = self._stamps()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self._value = self._read()
        except (ValueError, OSError) as error:
            LOG.error(  # noqa: TRY400  # the file's problem, not a bug of ours
                "not reloaded",
                extra={"files": [str(path) for path in self._paths], "problem": str(error)},
            )
            return False
        self.changes += 1
        LOG.info("reloaded", extra={"files": [str(path) for path in self._paths]})
        return True

    def _stamps(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(map(_stamp, self._paths))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when a file is replaced or written to; ``None`` while it is gone."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size

"""Whether a database file is still the one that was opened."""

from __future__ import annotations

from pathlib import Path

from allocation.ledger.errors import LedgerUnavailableError


class SameFile:
    """Notices that a file was removed or replaced under whoever uses it.

    SQLite goes on with the file that it has opened, though nobody can find it any more: what is
    written would be answered, and gone with the process.

    Parameters
    ----------
    path
        The file, which is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found = self._look()

    def check(self) -> None:
        """Look whether the file is where it was.

        Raises
        ------
        LedgerUnavailableError
            It is not, or another is there.
        """
        if self._look() != self._found:
            raise LedgerUnavailableError(
                f"the ledger's database {self._path.name} was removed or replaced while it was in "
                "use: nothing is written any more; stop every server on it, put the right file "
                "in its place, and start them again"
            )

    def _look(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

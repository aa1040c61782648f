"""What goes wrong when pages are written, told together with the way out."""

from __future__ import annotations

from collections.abc import Iterable


class DocsError(Exception):
    """The code has something that the pages do not explain, or a page is not current.

    The message says what is wrong, then what to do about it.
    """


def require_same(documented: Iterable[str], real: Iterable[str], what: str, where: str) -> None:
    """Check that hand-written explanations cover the code: nothing missing, nothing left over.

    Parameters
    ----------
    documented, real
        Names that are explained, and names that the code has.
    what
        What they name, in the plural.
    where
        The module that holds the explanations.

    Raises
    ------
    DocsError
        With every name that is on one side only.
    """
    known, wanted = set(documented), set(real)
    found = [f"{name}: not explained; add it" for name in sorted(wanted - known)]
    found += [
        f"{name}: explained, and gone from the code; drop it" for name in sorted(known - wanted)
    ]
    if found:
        listed = "\n  ".join(found)
        raise DocsError(f"{what} and their explanations in {where} differ:\n  {listed}")

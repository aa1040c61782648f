"""Post office boxes, told by what is written in the lines of an address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_NUMBERED: Final = (
    "postfach", "postbus", "postboks", "apartado( postal| de correos)?", "apdo", "caixa postal",
    "casella postale", "boite postale", "boîte postale", "b ?p", "skrytka pocztowa", "postilokero",
)  # fmt: skip
"""Words that stand before the number of a box in other languages."""

_ENGLISH: Final = re.compile(r"(^|\W)(p\W*o\W*|post\W*office\W*)box(\W|\d|$)")
_OTHERS: Final = re.compile(rf"^\W*({'|'.join(_NUMBERED)})\W*\d")


def is_po_box(lines: Iterable[str]) -> bool:
    """Say whether some line of an address names a post office box.

    A line such as ``PO Box 17``, ``P.O.BOX 17`` or ``Postfach 17``; never a street such as
    ``17 Boxwood Lane`` or ``2 Post Office Road``.
    """
    folded = (line.casefold() for line in lines)
    return any(_ENGLISH.search(line) or _OTHERS.search(line) for line in folded)

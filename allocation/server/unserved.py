"""Methods of the contract that this version does not serve."""

from __future__ import annotations

from typing import Any

from allocation.errors import NotImplementedYetError
from allocation.server.not_implemented import INSTEAD


def unserved(method: str) -> Any:
    """Return a servicer method that says what to use instead.

    Parameters
    ----------
    method
        Full method name, a key of `INSTEAD`.
    """
    sentence = INSTEAD[method]

    async def refuse(_servicer: Any, _request: Any, _context: Any) -> Any:
        raise NotImplementedYetError(sentence, {"method": method})

    return refuse

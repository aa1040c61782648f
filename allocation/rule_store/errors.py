"""What the store refuses."""

from __future__ import annotations

from allocation.errors import EngineError


class RulesEtagMismatchError(EngineError):
    """The revision is not as the caller last saw it."""

    reason = "ETAG_MISMATCH"

    def __init__(self, revision: str, expected: str, actual: str) -> None:
        super().__init__(
            f"rule set {revision} has etag {actual!r}, not {expected!r}: somebody has activated "
            "a rule set since; read it again",
            {"revision": revision, "expected": expected, "actual": actual},
        )

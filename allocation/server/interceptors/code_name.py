"""Names of status codes."""

from __future__ import annotations

from typing import Any

import grpc


def code_name(code: Any) -> str:
    """Return the name of a status code, which gRPC gives as a number or not at all."""
    if not code:
        return "OK"
    if isinstance(code, grpc.StatusCode):
        return code.name
    return next((each.name for each in grpc.StatusCode if each.value[0] == code), str(code))

"""A client for Python: one connection, deadlines, retries that are safe, typed errors.

```python
from allocation.client import Client, Connection

with Client(Connection("127.0.0.1:50051")) as client:
    plan = client.allocation.allocate(request).plan
```
"""

from allocation.client.client import Client
from allocation.client.connection import Connection
from allocation.client.errors import (
    AuthenticationError,
    ConflictError,
    InsufficientStockError,
    InternalServerError,
    InvalidRequestError,
    NotFoundError,
    OverloadedError,
    PermissionDeniedError,
    PreconditionError,
    ServiceError,
    TimeoutExceededError,
    UnavailableError,
)
from allocation.client.retries import Retries
from allocation.client.throttle import Throttling

__all__ = [
    "AuthenticationError",
    "Client",
    "ConflictError",
    "Connection",
    "InsufficientStockError",
    "InternalServerError",
    "InvalidRequestError",
    "NotFoundError",
    "OverloadedError",
    "PermissionDeniedError",
    "PreconditionError",
    "Retries",
    "ServiceError",
    "Throttling",
    "TimeoutExceededError",
    "UnavailableError",
]

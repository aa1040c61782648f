"""What ``shipfrom demo`` does: the example orders, planned and compared with simple policies."""

from __future__ import annotations

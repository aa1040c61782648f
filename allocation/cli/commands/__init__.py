"""One module per command of ``shipfrom``."""

from __future__ import annotations

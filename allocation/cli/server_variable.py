"""The variable that names the server of every command that can call one."""

from __future__ import annotations

from typing import Final

SERVER_VARIABLE: Final = "SHIPFROM_SERVER"

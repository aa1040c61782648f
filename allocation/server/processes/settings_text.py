"""Settings on their way from the supervisor to a worker: through a pipe, where nobody reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from allocation.server.config.knobs import KNOBS
from allocation.server.config.load import load
from allocation.server.config.sources import Given
from allocation.server.settings import ServerSettings


def write_settings(settings: ServerSettings) -> str:
    """Return settings as one line of text."""
    return json.dumps({name: _plain(_read(settings, name)) for name in KNOBS})


def read_settings(text: str) -> ServerSettings:
    """Return the settings that `write_settings` wrote."""
    content: Mapping[str, Any] = json.loads(text)
    files = content["network_files"]
    given = [
        Given(name, value, "supervisor", Path())
        for name, value in content.items()
        if value is not None and name != "network_files"
    ]
    # Files were looked for by the supervisor, and directories are files by now.
    return replace(load((given,)).settings, network_files=tuple(Path(each) for each in files))


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value.absolute())
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _read(settings: Any, name: str) -> Any:
    for part in name.split("."):
        settings = getattr(settings, part)
    return settings

"""Files of what was imported: strict protobuf JSON, one entity per line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from google.protobuf import json_format
from google.protobuf.message import Message

from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.cli.importers.reading import Imported
from allocation.demo.files import ITEMS_FILE, LOCATIONS_FILE, ORDERS_FILE, STOCK_FILE


def documents(imported: Imported) -> Mapping[str, str]:
    """Return the text of every file that there is something for, by its name."""
    entities: dict[str, tuple[str, Sequence[Message]]] = {
        LOCATIONS_FILE: ("locations", imported.locations),
        ITEMS_FILE: ("items", imported.items),
        STOCK_FILE: ("items", imported.stock.items),
        ORDERS_FILE: ("orders", imported.orders),
    }
    return {name: _document(key, held) for name, (key, held) in entities.items() if held}


def write_documents(texts: Mapping[str, str], directory: Path, *, force: bool) -> list[Path]:
    """Write the files and return their paths.

    Raises
    ------
    CommandError
        If a file is there already and `force` is false; nothing is written then.
    """
    paths = {directory / name: text for name, text in texts.items()}
    there = [str(path) for path in paths if path.exists()]
    if there and not force:
        message = f"{', '.join(there)} would be overwritten; say --force or another --out"
        raise CommandError(message, ExitCode.USAGE)
    directory.mkdir(parents=True, exist_ok=True)
    for path, text in paths.items():
        path.write_text(text, encoding="utf-8")
    return list(paths)


def _document(key: str, entities: Sequence[Message]) -> str:
    lines = ",\n".join(
        json.dumps(
            json_format.MessageToDict(entity, preserving_proto_field_name=True),
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for entity in entities
    )
    return f'{{"{key}":[\n{lines}\n]}}\n'

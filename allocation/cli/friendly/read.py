"""Text to JSON to messages, with every problem of a file at once."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TypeVar, cast

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from allocation.cli.failure import InvalidInputFileError
from allocation.cli.friendly.strict import strict_message
from allocation.cli.text_files import text_of
from routing.errors import InvalidInputError, Violation, raise_if_any

M = TypeVar("M", bound=Message)


def read_document(file: Path) -> object:
    """Return the JSON value in `file`, with numbers as `int` or `Decimal`.

    Raises
    ------
    CommandError
        If the file cannot be read or is not JSON; says where it breaks off.
    """
    text = text_of(file)
    try:
        document: object = json.loads(text, parse_float=Decimal, object_pairs_hook=_no_repeats)
    except json.JSONDecodeError as error:
        place = f"{file}:{error.lineno}:{error.colno}"
        raise InvalidInputFileError(str(file), [f"{place}: {error.msg}"]) from error
    except KeyError as error:
        found = f"{file}: key {error.args[0]!r} is given twice in one object; keep one"
        raise InvalidInputFileError(str(file), [found]) from error
    except RecursionError as error:
        raise InvalidInputFileError(str(file), [f"{file}: is nested too deeply"]) from error
    except ValueError as error:
        # Whole numbers of thousands of digits.
        raise InvalidInputFileError(str(file), [f"{file}: {error}"]) from error
    return document


def read_message(value: object, message_type: type[M], path: str = "") -> M:
    """Return `value` as a message of `message_type`.

    Parameters
    ----------
    value
        What `read_document` returned, or a part of it.
    message_type
        A generated class.
    path
        Where the value stands in its file.

    Raises
    ------
    InvalidInputError
        With every problem and its path.
    """
    problems: list[Violation] = []
    descriptor = cast("Descriptor", message_type.DESCRIPTOR)
    strict = strict_message(value, descriptor, path, problems)
    raise_if_any(problems)
    try:
        return json_format.ParseDict(strict, message_type())
    except json_format.ParseError as error:
        # What the walk does not know, such as a number out of the range of its field.
        raise InvalidInputError([Violation(path, str(error))]) from error


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise KeyError(key)
        found[key] = value
    return found

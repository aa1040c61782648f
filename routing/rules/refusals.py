"""What a model refuses of a file, in the words of the file: path, place, message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from routing.rating.minor_units import decimals_of
from routing.rules.findings import Finding, Severity
from routing.rules.places import Path, Places, path_text
from routing.rules.refusal_words import Refused, words_for

M = TypeVar("M", bound=BaseModel)


def validate(
    model: type[M], value: Mapping[str, object], places: Places
) -> tuple[M | None, list[Path], list[Finding]]:
    """Return a value as a model, ``None`` when it refuses something.

    Returns
    -------
    model, refused, findings
        The paths of everything refused, and what to say about it.
    """
    try:
        return model.model_validate(value), [], []
    except ValidationError as error:
        details = error.errors()
    paths = [_path(each) for each in details]
    found = [
        _finding(model, each, path, value, places)
        for each, path in zip(details, paths, strict=True)
        if not _other_branch(each)
    ]
    return None, paths, found


def _is_branch(part: int | str) -> bool:
    """Tell whether pydantic put a part into a path to name the branch of a choice it tried."""
    return isinstance(part, str) and part.startswith(("literal[", "tuple["))


def _path(error: ErrorDetails) -> Path:
    return tuple(part for part in error["loc"] if not _is_branch(part))


def _other_branch(error: ErrorDetails) -> bool:
    """Tell whether an error is about the branch of a choice that was not meant."""
    branch = next((str(part) for part in error["loc"] if _is_branch(part)), None)
    if branch is None:
        return False
    inside = not _is_branch(error["loc"][-1])
    a_list = isinstance(error["input"], list)
    if branch.startswith("literal["):
        return a_list
    # Where an entry is refused, that the list is left too short says nothing new.
    return not inside and (not a_list or (error["type"] == "too_short" and bool(error["input"])))


def _finding(
    model: type[BaseModel],
    error: ErrorDetails,
    path: Path,
    value: Mapping[str, object],
    places: Places,
) -> Finding:
    place = places.of_key(path) if error["type"] == "extra_forbidden" else places.of(path)
    refused = Refused(
        model=model,
        kind=error["type"],
        path=path,
        given=error["input"],
        written=places.texts.get(path, ""),
        context=error.get("ctx", {}),
        digits=decimals_of(str(value.get("currency") or "USD")),
    )
    message = words_for(refused) or error["msg"]
    return Finding(Severity.ERROR, path_text(path), place.line, place.column, message)

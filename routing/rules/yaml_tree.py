"""From YAML text to plain values, with the place of each and every problem at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from ruamel.yaml.composer import ComposerError
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from routing.rules.findings import Finding, Severity
from routing.rules.places import Path, Place, Places, path_text
from routing.rules.yaml_composing import Refusals, composed
from routing.rules.yaml_way_out import way_out

MOST_BYTES: Final = 1 << 20
_TAG: Final = "tag:yaml.org,2002:"


@dataclass(slots=True)
class YamlTree:
    """A file as plain values.

    Attributes
    ----------
    value
        Mappings, lists, strings, integers, floats, booleans, dates and ``None``; ``None``
        as a whole when the text is no YAML.
    lines
        Of the text.
    """

    value: object = None
    findings: list[Finding] = field(default_factory=list)
    _keys: dict[Path, Place] = field(default_factory=dict)
    _values: dict[Path, Place] = field(default_factory=dict)
    _texts: dict[Path, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()

    @property
    def places(self) -> Places:
        """Where everything stands."""
        return Places(self._keys, self._values, self._texts, self.lines)

    def add(self, part: Node, path: Path) -> object:
        """Return the plain value of a parsed tree and note where it stands."""
        self._values[path] = _place(part)
        if isinstance(part, MappingNode):
            return self._mapping(part, path)
        if isinstance(part, SequenceNode):
            return [self.add(each, (*path, index)) for index, each in enumerate(part.value)]
        if not isinstance(part, ScalarNode):
            raise TypeError(f"{type(part).__name__} is nothing that YAML has")
        return self._scalar(part, path)

    def refuse(self, place: Place, path: Path, message: str) -> None:
        """Note an error."""
        found = Finding(Severity.ERROR, path_text(path), place.line, place.column, message)
        self.findings.append(found)

    def _mapping(self, part: MappingNode, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        for key_part, value_part in part.value:
            place = _place(key_part)
            if not isinstance(key_part, ScalarNode):
                self.refuse(place, path, "has a key that is a list or a mapping; give a name")
                continue
            key = str(key_part.value)
            here = (*path, key)
            if key in values:
                first = self._keys[here].line
                self.refuse(place, here, f"stands here and in line {first}; keep one of them")
                continue
            self._keys[here] = place
            values[key] = self.add(value_part, here)
        return values

    def _scalar(self, part: ScalarNode, path: Path) -> object:
        text = str(part.value)
        self._texts[path] = f"{part.style}{text}{part.style}" if part.style in {'"', "'"} else text
        kind = str(part.tag).removeprefix(_TAG)
        if kind == "null":
            place = self._keys.get(path, _place(part))
            self.refuse(place, path, "is empty; give a value, or leave the key out")
            return None
        try:
            return _plain(kind, text)
        except ValueError:
            what = "there is no such day" if kind == "timestamp" else f"that is no {kind}"
            self.refuse(_place(part), path, f"is {text}; {what}")
            return None


def read_yaml(text: str) -> YamlTree:
    """Return the plain values of a text; its problems are in `YamlTree.findings`."""
    tree = YamlTree(lines=tuple(text.splitlines()))
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        message = f"holds {text[error.start]!a}, which is no character; remove it"
        tree.refuse(_place_of_offset(text, error.start), (), message)
        return tree
    if size > MOST_BYTES:
        tree.refuse(Place(1, 1), (), f"is {size} bytes; a file may have {MOST_BYTES}")
        return tree
    refused, part = Refusals(), None
    try:
        part = composed(text, refused)
    except MarkedYAMLError as error:
        # A reference to nothing was refused as a reference.
        if not (refused.found and isinstance(error, ComposerError)):
            place, words = _place_of_error(error), _words(error)
            line = tree.lines[place.line - 1] if place.line <= len(tree.lines) else ""
            tree.refuse(place, (), f"is no YAML: {words}{way_out(words, line)}")
            return tree
    except YAMLError as error:
        tree.refuse(Place(1, 1), (), f"is no YAML: {' '.join(str(error).split())}")
        return tree
    for mark, message in refused.found:
        tree.refuse(_place_of_mark(mark), (), message)
    if part is not None and not refused.found:
        tree.value = tree.add(part, ())
    return tree


def _place(part: Node) -> Place:
    return _place_of_mark(part.start_mark)


def _place_of_error(error: MarkedYAMLError) -> Place:
    mark = error.problem_mark or error.context_mark
    return Place(1, 1) if mark is None else _place_of_mark(mark)


def _place_of_mark(mark: StreamMark) -> Place:
    return Place(mark.line + 1, mark.column + 1)


def _place_of_offset(text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(before.count("\n") + 1, offset - before.rfind("\n"))


def _words(error: MarkedYAMLError) -> str:
    parts = [str(each) for each in (error.problem, error.context) if each]
    return " ".join(parts) or "it cannot be read"


def _plain(kind: str, text: str) -> object:
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return int(text.replace("_", ""), 0 if text.lstrip("+-").startswith("0x") else 10)
    if kind == "float":
        return float(text.replace("_", ""))
    if kind == "timestamp":
        return date.fromisoformat(text) if len(text) == len("2026-01-01") else text
    return text

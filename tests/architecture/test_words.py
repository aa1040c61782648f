"""One thing, one word: words that the glossary replaces are not used as names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.modules import Module, modules_below, parse

# word -> what to say instead (docs/glossary.md)
REPLACED = {
    "warehouse": "stock location",
    "warehouses": "stock locations",
    "depot": "stock location",
    "depots": "stock locations",
    "node": "stock location",
    "nodes": "stock locations",
    "package": "parcel",
    "packages": "parcels",
    "box": "parcel (or carton, for an empty one)",
    "boxes": "parcels (or cartons, for empty ones)",
    "vehicle": "carrier service",
    "vehicles": "carrier services",
    "customer": "destination, or shopper in prose",
    "customers": "destinations, or shoppers in prose",
}

# (path or the folder it is in, word) -> why the word means something else there.
# An entry that is no longer needed fails the test.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("routing/rating/zone_place.py", "box"): "a rectangle of coordinates",
    ("routing/geo/po_box.py", "box"): "a post office box",
    ("routing/order.py", "box"): "a post office box",
    ("routing/rating/address_kind.py", "box"): "a post office box",
    ("allocation/server/codec", "box"): "a post office box",
}

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def words_of(name: str) -> list[str]:
    """Split a snake_case or CamelCase name into lower-case words."""
    return [word.lower() for word in _WORD.findall(name)]


def defined_names(module: Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of everything that `module` gives a name to, itself first."""
    yield 1, module.path.rpartition("/")[2].removesuffix(".py")
    for node in ast.walk(module.tree):
        line = getattr(node, "lineno", 1)
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield line, name
            case ast.ClassDef(name=name):
                yield line, name
            case ast.arg(arg=name):
                yield line, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield line, name
            case ast.alias(asname=str(name)):
                yield line, name


def replaced_words(module: Module) -> Iterator[tuple[str, str]]:
    """Yield (word, sentence) for every name in `module` that uses a replaced word."""
    for line, name in defined_names(module):
        for word in words_of(name):
            if word in REPLACED:
                instead = REPLACED[word]
                yield word, f"{module.path}:{line}: {name}: say {instead}, not {word}"


def is_excepted(path: str, word: str) -> bool:
    """Say whether `EXCEPTIONS` allows `word` in the file at `path`."""
    return any(
        word == allowed and (path == place or path.startswith(f"{place}/"))
        for place, allowed in EXCEPTIONS
    )


def test_names_use_the_words_of_the_glossary() -> None:
    found = [
        sentence
        for module in modules_below("routing", "allocation")
        for word, sentence in replaced_words(module)
        if not is_excepted(module.path, word)
    ]
    assert not found, "\n".join(found)


def test_every_exception_is_still_needed() -> None:
    used = {
        (module.path, word)
        for module in modules_below("routing", "allocation")
        for word, _ in replaced_words(module)
    }
    needless = [
        (place, word)
        for place, word in EXCEPTIONS
        if not any(
            word == other and (path == place or path.startswith(f"{place}/"))
            for path, other in used
        )
    ]
    assert not needless


@pytest.mark.parametrize(
    "text",
    [
        "def nearest_warehouse() -> None: ...",
        "class PackageSize: ...",
        "def ship(from_node: int) -> None: ...",
        "import heapq as depot",
        "self.nodes = 1",
        "boxes: int = 3",
        "async def load_vehicle() -> None: ...",
        "for box in []: ...",
    ],
)
def test_a_replaced_word_is_found_wherever_a_name_is_given(text: str) -> None:
    assert list(replaced_words(parse("routing/example.py", text)))


def test_longer_words_and_names_given_elsewhere_are_left_alone() -> None:
    text = "import ast\nread_packaged = 1\nx = ast.NodeVisitor\nnodeless = ast.expr.node"
    assert not list(replaced_words(parse("routing/example.py", text)))

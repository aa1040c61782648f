"""The pages of the contract: one per package, from the proto files and their comments."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.server.not_implemented import INSTEAD
from docs.generator.contract import Enum, Field, Message, ProtoFile, Rpc, Service, contract
from docs.generator.markdown import code, page, prose, table

PAGES = {"allocation.v1": "allocation-v1.md", "routing.v1": "routing-v1.md"}
"""From a package to the page that shows it."""

_INTRO = """\
The comments are those of the proto files in [protos/{folder}](../../protos/{folder}). A field of a
message type, and one called *optional*, can be absent; any other absent field has its zero value.
An empty meaning says that the name tells all."""


def contract_page(package: str) -> str:
    """Return the page of one package."""
    files = [file for file in contract() if file.package == package]
    blocks = [_INTRO.format(folder=package.replace(".", "/"))]
    for file in files:
        blocks += [block for service in file.services for block in _service(service)]
    for file in files:
        blocks += _file(file)
    return page(f"The contract: {package}", blocks)


def is_served(rpc: Rpc) -> bool:
    """Say whether this version serves a method."""
    return rpc.path not in INSTEAD


def _service(service: Service) -> Iterator[str]:
    yield f"## {service.name}"
    yield prose(service.comment)
    yield table(
        ("RPC", "request", "answer", "this version", "what it does"),
        (
            (
                code(rpc.name),
                _stream(rpc.streams_request) + _type(rpc.request),
                _stream(rpc.streams_answer) + _type(rpc.answer),
                "serves it" if is_served(rpc) else code("UNIMPLEMENTED"),
                prose(rpc.comment),
            )
            for rpc in service.rpcs
        ),
    )
    instead: dict[str, list[str]] = {}
    for rpc in service.rpcs:
        if not is_served(rpc):
            instead.setdefault(INSTEAD[rpc.path], []).append(code(rpc.name))
    if instead:
        yield "What to do meanwhile, in the words of the server's answer:"
        yield "\n".join(f"- {', '.join(names)}: {prose(text)}." for text, names in instead.items())


def _file(file: ProtoFile) -> Iterator[str]:
    name = file.path.rpartition("/")[2]
    yield f"## {name}"
    for enum in file.enums:
        yield from _enum(enum)
    for message in file.messages:
        yield from _message(message)


def _enum(enum: Enum) -> Iterator[str]:
    yield f"### {enum.name}"
    if enum.comment:
        yield prose(enum.comment)
    yield table(
        ("value", "number", "meaning"),
        ((code(each.name), str(each.number), prose(each.comment)) for each in enum.values),
    )


def _message(message: Message) -> Iterator[str]:
    yield f"### {message.name}"
    if message.comment:
        yield prose(message.comment)
    if message.fields:
        rows = ((code(each.name), _field_type(each), _meaning(each)) for each in message.fields)
        yield table(("field", "type", "meaning"), rows)
    else:
        yield "It has no fields."


def _meaning(field: Field) -> str:
    choice = f"One of the choices of `{field.choice}`." if field.choice else ""
    return f"{choice} {prose(field.comment)}".strip()


def _field_type(field: Field) -> str:
    name = _type(field.type_name)
    if field.is_list:
        return f"list of {name}"
    return f"optional {name}" if field.is_optional else name


def _type(name: str) -> str:
    package, _, short = name.rpartition(".")
    if package not in PAGES:
        return code(name)
    return f"[{short}]({PAGES[package]}#{short.lower()})"


def _stream(streams: bool) -> str:
    return "stream of " if streams else ""

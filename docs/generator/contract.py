"""The contract with its comments, as the protocol buffer compiler sees it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from docs.generator.problem import DocsError
from protos.layout import PROTOS, proto_files
from protos.protoc import write_image

# Numbers of fields of FileDescriptorProto and what is inside it: comments are found by them.
_MESSAGES, _ENUMS, _SERVICES, _INNER = 4, 5, 6, 2


@dataclass(frozen=True, slots=True)
class Value:
    """A value of an enum."""

    name: str
    number: int
    comment: str


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum; `name` is without the package."""

    name: str
    comment: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message.

    Attributes
    ----------
    type_name
        ``string``, or the full name of a message or enum.
    is_list, is_optional
        Whether it is repeated, and whether a scalar can be told apart from its absence.
    choice
        Name of the oneof it is in, empty for none.
    """

    name: str
    type_name: str
    is_list: bool
    is_optional: bool
    choice: str
    comment: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message; `name` is without the package."""

    name: str
    comment: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Rpc:
    """A method of a service; `path` is what gRPC calls it by."""

    name: str
    path: str
    comment: str
    request: str
    answer: str
    streams_request: bool
    streams_answer: bool


@dataclass(frozen=True, slots=True)
class Service:
    """A service; `name` is without the package."""

    name: str
    comment: str
    rpcs: tuple[Rpc, ...]


@dataclass(frozen=True, slots=True)
class ProtoFile:
    """One file of the contract."""

    path: str
    package: str
    services: tuple[Service, ...]
    messages: tuple[Message, ...]
    enums: tuple[Enum, ...]


@cache
def contract() -> tuple[ProtoFile, ...]:
    """Return every file of the contract, sorted by path.

    Raises
    ------
    protos.problem.ContractError
        The contract does not compile.
    DocsError
        It has something that the pages cannot show.
    """
    with tempfile.TemporaryDirectory(prefix="shipfrom-docs-") as folder:
        image = Path(folder) / "contract.binpb"
        write_image(PROTOS, image, source_info=True)
        files = FileDescriptorSet.FromString(image.read_bytes()).file
    ours = set(proto_files(PROTOS))
    return tuple(_read(file) for file in sorted(files, key=lambda f: f.name) if file.name in ours)


def enum_named(name: str) -> Enum:
    """Return an enum of the contract by its name without the package."""
    return next(enum for file in contract() for enum in file.enums if enum.name == name)


def message_named(name: str) -> Message:
    """Return a message of the contract by its name without the package."""
    return next(each for file in contract() for each in file.messages if each.name == name)


def rpcs() -> Iterator[Rpc]:
    """Yield every method of the contract."""
    for file in contract():
        for service in file.services:
            yield from service.rpcs


def _read(file: FileDescriptorProto) -> ProtoFile:
    nested = [each.name for each in file.message_type if each.nested_type or each.enum_type]
    if nested:
        raise DocsError(f"{file.name}: {', '.join(nested)} has nested types; move them out of it")
    comments = {tuple(each.path): _text(each) for each in file.source_code_info.location}
    return ProtoFile(
        path=file.name,
        package=file.package,
        services=tuple(_services(file, comments)),
        messages=tuple(_messages(file, comments)),
        enums=tuple(_enums(file, comments)),
    )


Comments = Mapping[tuple[int, ...], str]


def _services(file: FileDescriptorProto, comments: Comments) -> Iterator[Service]:
    for number, service in enumerate(file.service):
        place = (_SERVICES, number)
        methods = tuple(
            Rpc(
                name=method.name,
                path=f"/{file.package}.{service.name}/{method.name}",
                comment=comments.get((*place, _INNER, index), ""),
                request=method.input_type.lstrip("."),
                answer=method.output_type.lstrip("."),
                streams_request=method.client_streaming,
                streams_answer=method.server_streaming,
            )
            for index, method in enumerate(service.method)
        )
        yield Service(service.name, comments.get(place, ""), methods)


def _messages(file: FileDescriptorProto, comments: Comments) -> Iterator[Message]:
    for number, message in enumerate(file.message_type):
        place = (_MESSAGES, number)
        fields = []
        for index, field in enumerate(message.field):
            choice = ""
            if field.HasField("oneof_index") and not field.proto3_optional:
                choice = message.oneof_decl[field.oneof_index].name
            kind = field.Type.Name(field.type).removeprefix("TYPE_").lower()
            fields.append(
                Field(
                    name=field.name,
                    type_name=field.type_name.lstrip(".") or kind,
                    is_list=field.label == field.LABEL_REPEATED,
                    is_optional=field.proto3_optional,
                    choice=choice,
                    comment=comments.get((*place, _INNER, index), ""),
                )
            )
        yield Message(message.name, comments.get(place, ""), tuple(fields))


def _enums(file: FileDescriptorProto, comments: Comments) -> Iterator[Enum]:
    for number, enum in enumerate(file.enum_type):
        place = (_ENUMS, number)
        values = tuple(
            Value(value.name, value.number, comments.get((*place, _INNER, index), ""))
            for index, value in enumerate(enum.value)
        )
        yield Enum(enum.name, comments.get(place, ""), values)


def _text(location: object) -> str:
    given = (getattr(location, "leading_comments", ""), getattr(location, "trailing_comments", ""))
    return " ".join(" ".join(given).split())

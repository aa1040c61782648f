"""Everything in the contract says what it means, where it is defined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docs.generator.contract import Enum, Field, Message, ProtoFile, Rpc, Service, Value, contract
from protos.layout import PACKAGES


def silent(files: Iterable[ProtoFile]) -> list[str]:
    """Return the full name of everything that has no comment, in the files' order."""
    return [
        f"{file.package}.{name}"
        for file in files
        for name, comment in _commented(file)
        if not comment
    ]


def _commented(file: ProtoFile) -> Iterator[tuple[str, str]]:
    for service in file.services:
        yield service.name, service.comment
        yield from ((f"{service.name}.{each.name}", each.comment) for each in service.rpcs)
    for message in file.messages:
        yield message.name, message.comment
        yield from ((f"{message.name}.{each.name}", each.comment) for each in message.fields)
    for enum in file.enums:
        yield enum.name, enum.comment
        yield from ((f"{enum.name}.{each.name}", each.comment) for each in enum.values)


def test_everything_in_the_contract_has_a_comment() -> None:
    assert silent(contract()) == []


def test_both_packages_are_looked_at_whole() -> None:
    packages = {file.package for file in contract()}
    assert packages == {package.replace("/", ".") for package in PACKAGES}
    for package in packages:
        files = [file for file in contract() if file.package == package]
        assert any(service.rpcs for file in files for service in file.services)
        assert any(message.fields for file in files for message in file.messages)
        assert any(enum.values for file in files for enum in file.enums)


def test_what_has_no_comment_is_named_whatever_it_is() -> None:
    bare = ProtoFile(
        path="some/v1/bare.proto",
        package="some.v1",
        services=(
            Service("Service", "", (Rpc("Call", "", "", "", "", False, False),)),
            Service("Told", "What it does.", (Rpc("Told", "", "What.", "", "", False, False),)),
        ),
        messages=(Message("Message", "", (Field("field", "string", False, False, "", ""),)),),
        enums=(Enum("Enum", "", (Value("ENUM_UNSPECIFIED", 0, ""),)),),
    )
    assert silent([bare]) == [
        "some.v1.Service",
        "some.v1.Service.Call",
        "some.v1.Message",
        "some.v1.Message.field",
        "some.v1.Enum",
        "some.v1.Enum.ENUM_UNSPECIFIED",
    ]

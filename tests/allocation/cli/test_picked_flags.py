"""What was picked of the parts of a plan, said on the command line."""

from __future__ import annotations

import pytest
from google.protobuf import json_format

from allocation.cli.commands.plan.picked_flags import fulfilled_parts
from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError


def documents(
    *parts: str, serials: tuple[str, ...] = (), lots: tuple[str, ...] = ()
) -> list[object]:
    found = fulfilled_parts(parts, serials, lots)
    return [json_format.MessageToDict(part, preserving_proto_field_name=True) for part in found]


def part(line: str, place: str, units: str, **picked: object) -> dict[str, object]:
    return {"line_id": line, "location_id": place, "quantity": {"value": units}, **picked}


def test_parts_leave_as_planned_where_nothing_is_said_of_them() -> None:
    assert documents("a@reno=2", "a@newark=1.5") == [
        part("a", "reno", "2"),
        part("a", "newark", "1.5"),
    ]
    assert documents() == []


def test_serials_and_lots_go_to_the_parts_that_they_name() -> None:
    assert documents(
        "a@reno=2",
        "b@reno=1",
        serials=("a@reno=S1", "b@reno=S=3", "a@reno=S/2"),
        lots=("b@reno=L 1",),
    ) == [
        part("a", "reno", "2", serials=["S1", "S/2"]),
        part("b", "reno", "1", serials=["S=3"], lot_id="L 1"),
    ]


def test_of_a_kit_each_component_is_told_by_itself() -> None:
    assert documents(
        "k@reno=1",
        serials=("k@reno/phone=S1", "k@reno/case=S2", "k@reno/phone=S3"),
        lots=("k@reno/tea=L", "k@reno/phone=M"),
    ) == [
        part(
            "k",
            "reno",
            "1",
            picked=[
                {"inventory_item_id": "phone", "serials": ["S1", "S3"], "lot_id": "M"},
                {"inventory_item_id": "case", "serials": ["S2"]},
                {"inventory_item_id": "tea", "lot_id": "L"},
            ],
        )
    ]


def test_ids_may_contain_the_signs_that_stand_between_them() -> None:
    assert documents(
        "a@b@c/d=1", "a@b@c=1", serials=("a@b@c/d=S1", "a@b@c=S2", "a@b@c/d/e=S3")
    ) == [
        part(
            "a@b",
            "c/d",
            "1",
            serials=["S1"],
            picked=[{"inventory_item_id": "e", "serials": ["S3"]}],
        ),
        part("a@b", "c", "1", serials=["S2"]),
    ]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(CommandError) as caught:
        documents(
            "a@reno=2",
            "a@reno=1",
            "k@reno=1",
            serials=("b@reno=S1", "a@reno=", "k@reno/phone", "k@reno/phone="),
            lots=("k@reno=L", "k@reno=M"),
        )
    assert caught.value.code is ExitCode.USAGE
    starts = [text.split(" ", 2)[:2] for text in caught.value.details]
    assert starts == [
        ["--part", "'a@reno'"],
        ["--serial", "'b@reno=S1'"],
        ["--serial", "'a@reno='"],
        ["--serial", "'k@reno/phone'"],
        ["--serial", "'k@reno/phone='"],
        ["--lot", "'k@reno=M'"],
    ]
    assert "after lot 'L'" in caught.value.details[-1]


def test_a_serial_without_its_part_says_to_name_the_part() -> None:
    with pytest.raises(CommandError) as caught:
        documents(serials=("a@reno=S1",))
    assert "none is named" in caught.value.details[0]

"""Flags that say which units were picked of what leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import typer

from allocation.cli.commands.plan.plan_flags import parse_part
from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.v1 import allocation_service_pb2 as pb

SerialFlag = Annotated[
    list[str] | None,
    typer.Option(
        "--serial",
        metavar="LINE@LOCATION[/ITEM]=SERIAL",
        help="A unit of a --part, as scanned; of a kit with the component's ITEM; repeatable.",
    ),
]
LotFlag = Annotated[
    list[str] | None,
    typer.Option(
        "--lot",
        metavar="LINE@LOCATION[/ITEM]=LOT",
        help="Lot that a --part was picked from, if another than planned; repeatable.",
    ),
]

Picked = pb.FulfilledPart | pb.PickedItem


def fulfilled_parts(
    parts: Sequence[str], serials: Sequence[str], lots: Sequence[str]
) -> list[pb.FulfilledPart]:
    """Return the parts that leave, in their order, with what was picked of them.

    Raises
    ------
    CommandError
        Something is not written as it has to be; all of it is told.
    """
    found: list[pb.FulfilledPart] = []
    for line, place, units in map(parse_part, parts):
        part = pb.FulfilledPart(line_id=line, location_id=place)
        part.quantity.value = units
        found.append(part)
    named: dict[str, pb.FulfilledPart] = {}
    problems: list[str] = []
    for part in found:
        name = f"{part.line_id}@{part.location_id}"
        if name in named and (serials or lots):
            problems.append(f"--part {name!r} is named twice; name it once, with all of its units")
        named[name] = part
    for flag, texts, add in (("--serial", serials, _add_serial), ("--lot", lots, _add_lot)):
        problems += (
            f"{flag} {text!r} {problem}" for text in texts if (problem := _add(named, text, add))
        )
    if problems:
        what = f"what leaves cannot be told like this: {len(problems)} problem(s)"
        raise CommandError(what, ExitCode.USAGE, problems)
    return found


def _add(
    named: Mapping[str, pb.FulfilledPart], text: str, add: Callable[[Picked, str], str]
) -> str:
    """Add what a flag says of a part; return what is wrong with it, if anything is."""
    # Ids may contain any of the signs, so names are found rather than split off.
    mine = [name for name in named if text.startswith((f"{name}=", f"{name}/"))]
    if not mine:
        known = ", ".join(named) or "none is named"
        return f"is of no --part ({known}); say LINE@LOCATION=UNITS of what leaves with --part"
    name = max(mine, key=len)
    item_id, is_given, value = text[len(name) :].removeprefix("/").partition("=")
    if not is_given or not value:
        return f"says nothing behind {name!r}; write LINE@LOCATION=… or LINE@LOCATION/ITEM=…"
    part = named[name]
    if not item_id:
        return add(part, value)
    for picked in part.picked:
        if picked.inventory_item_id == item_id:
            return add(picked, value)
    return add(part.picked.add(inventory_item_id=item_id), value)


def _add_serial(picked: Picked, serial: str) -> str:
    picked.serials.append(serial)
    return ""


def _add_lot(picked: Picked, lot_id: str) -> str:
    if picked.lot_id:
        return f"comes after lot {picked.lot_id!r}; tell units of another lot in another call"
    picked.lot_id = lot_id
    return ""

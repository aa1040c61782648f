"""Post office boxes are told from streets that sound like them."""

from __future__ import annotations

import pytest

from routing.geo.po_box import is_po_box


@pytest.mark.parametrize(
    "line",
    [
        "PO Box 17",
        "P.O. Box 17",
        "p. o. box 17-A",
        "POBOX 17",
        "Post Office Box 17",
        "Suite 4, PO BOX 17",
        "Postfach 10 01 02",
        "Apartado Postal 55",
        "Caixa Postal 12",
        "Boîte Postale 7",
        "BP 7",
        "Postbus 90",
    ],
)
def test_a_box_is_one(line: str) -> None:
    assert is_po_box(["Ada Lovelace", line])


@pytest.mark.parametrize(
    "line",
    [
        "17 Boxwood Lane",
        "2 Post Office Road",
        "Box Hill 4",
        "12 Apo Street, Boxborough",
        "Cargo Boxes Inc., 4 Main St",
        "Postfachstraße 3",
        "",
    ],
)
def test_a_street_is_none(line: str) -> None:
    assert not is_po_box([line])

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from routing.rating.recipe import DATA_DIR, build, main

SOURCE = Path(__file__).resolve().parents[4] / "shared" / "data"


def test_the_packaged_tables_are_what_the_recipe_makes() -> None:
    if not (SOURCE / "rates" / "rate_card.csv").exists():
        pytest.skip(f"the collected field data is not here: {SOURCE}")
    for name, text in build(SOURCE).items():
        assert (DATA_DIR / name).read_bytes() == text.encode(), name


def test_every_packaged_price_says_how_it_was_verified() -> None:
    with (DATA_DIR / "rates.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["verification"] for row in rows)


def test_every_card_is_attributed() -> None:
    text = (DATA_DIR / "ATTRIBUTION.md").read_text(encoding="utf-8")
    with (DATA_DIR / "cards.csv").open(encoding="utf-8", newline="") as file:
        ids = [row["card_id"] for row in csv.DictReader(file)]
    assert ids
    assert all(f"`{card_id}`" in text for card_id in ids)
    assert "published prices, not an offer" in text


def test_without_a_source_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "SOURCE_DIR" in capsys.readouterr().err

"""Sixty items with plausible weights, sizes and prices. All of it is synthetic.

Twenty kinds of thing, three variants each; the seed decides where in its range a variant lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allocation.demo.draw import Draw

VARIANTS: Final = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: ranges of weight and price, outer size, how often it is bought."""

    code: str
    title: str
    weight_g: tuple[int, int]
    size_mm: tuple[int, int, int]
    price_minor: tuple[int, int]
    popularity: int


@dataclass(frozen=True, slots=True)
class DemoItem:
    """One item; its SKU is also its id."""

    sku: str
    title: str
    weight_g: int
    size_mm: tuple[int, int, int]
    price_minor: int
    popularity: int


KINDS: Final = (
    Kind("MUG", "Mug", (330, 480), (130, 110, 110), (900, 1900), 14),
    Kind("TEE", "T-shirt", (140, 220), (300, 240, 25), (1500, 3500), 18),
    Kind("SOCK", "Pair of socks", (50, 90), (200, 110, 30), (600, 1400), 12),
    Kind("BOOK", "Book", (250, 900), (240, 160, 35), (1200, 4200), 16),
    Kind("NOTE", "Notebook", (180, 420), (215, 150, 20), (700, 1900), 10),
    Kind("TOTE", "Tote bag", (110, 260), (300, 260, 20), (1200, 2800), 8),
    Kind("CAND", "Candle", (300, 650), (110, 100, 100), (1400, 3600), 9),
    Kind("COFF", "Bag of coffee", (260, 1050), (240, 120, 80), (1100, 3900), 12),
    Kind("BLAN", "Blanket", (900, 2200), (380, 300, 140), (3500, 9000), 6),
    Kind("LAMP", "Table lamp", (1200, 2800), (420, 260, 260), (3900, 12000), 4),
    Kind("KETT", "Kettle", (1100, 1700), (270, 240, 220), (3500, 9500), 4),
    Kind("PAN", "Cast-iron pan", (2200, 4600), (460, 290, 70), (2900, 8900), 4),
    Kind("SHOE", "Pair of shoes", (700, 1400), (330, 210, 125), (5500, 15000), 8),
    Kind("BACK", "Backpack", (750, 1600), (480, 320, 140), (4900, 14000), 5),
    Kind("YOGA", "Yoga mat", (1000, 2400), (640, 130, 130), (2500, 7900), 4),
    Kind("DUMB", "Pair of dumbbells", (4200, 11500), (330, 170, 160), (2900, 9900), 3),
    Kind("FEED", "Sack of pet food", (5500, 12500), (600, 380, 130), (2800, 7400), 4),
    Kind("CHAI", "Folding chair", (4800, 8200), (900, 520, 110), (4900, 13900), 2),
    Kind("RUG", "Rug", (3800, 9500), (1250, 190, 190), (6900, 24900), 2),
    Kind("TENT", "Tent", (2400, 5200), (620, 200, 200), (8900, 29900), 2),
)


def demo_items(seed: int) -> tuple[DemoItem, ...]:
    """Return the catalogue, kind after kind."""
    draw = Draw(seed, "catalogue")
    return tuple(_item(kind, variant, draw) for kind in KINDS for variant in VARIANTS)


def _item(kind: Kind, variant: str, draw: Draw) -> DemoItem:
    length, width, height = kind.size_mm
    return DemoItem(
        sku=f"{kind.code}-{variant}",
        title=f"{kind.title} {variant}",
        weight_g=draw.between(*kind.weight_g),
        size_mm=(_near(length, draw), _near(width, draw), _near(height, draw)),
        price_minor=draw.between(kind.price_minor[0] // 100, kind.price_minor[1] // 100) * 100 - 5,
        popularity=kind.popularity,
    )


def _near(length_mm: int, draw: Draw) -> int:
    """Return a length within 8 % of `length_mm`, at least 1."""
    return max(1, length_mm * draw.between(92, 108) // 100)

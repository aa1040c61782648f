"""Cartons: the boxes that a merchant packs shipments into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from routing.errors import Violation, raise_if_any
from routing.ids import CartonId
from routing.item import MAX_WEIGHT_UG, Dimensions

MOST_CARTON_COST_MINOR: Final = 10**9
MOST_FILL_MINOR_PER_M3: Final = 10**9

_UM3_PER_NL: Final = 1_000_000
_NL_PER_ML: Final = 1_000_000
_ML_PER_M3: Final = 1_000_000
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Carton:
    """A box of one size. What leaves in it weighs, measures and costs what is said here.

    Attributes
    ----------
    id
        Unique within a network.
    name
        For people.
    inner
        Room for contents; the height is vertical, which matters for things that must
        stay this side up.
    outer
        What the carrier measures; no side below the inner one.
    tare_ug
        Weight of the carton with its void fill in micrograms, in [0, 10 t].
    max_weight_ug
        Greatest weight of the contents; ``None`` if only the carrier limits it.
    cost_minor
        What one carton costs, in minor units of the rate cards' currency, 0 to 10**9.
    fill_percent
        Most of the inner volume that contents may take, 1 to 100; the rest stays for
        void fill. Room that things cannot use anyway counts as filled with it.
    void_fill_minor_per_m3
        Cost of the void fill in minor units per cubic metre, 0 to 10**9: for the inner
        volume less that of the contents.
    rate_code
        Set for a carrier's own flat-rate box: only rate cards with a price for this code
        may send it. ``None``: every card may.

    Raises
    ------
    routing.errors.InvalidInputError
        With every value out of range.
    """

    id: CartonId
    inner: Dimensions
    outer: Dimensions
    name: str = ""
    tare_ug: int = 0
    max_weight_ug: int | None = None
    cost_minor: int = 0
    fill_percent: int = 100
    void_fill_minor_per_m3: int = 0
    rate_code: str | None = None

    def __post_init__(self) -> None:
        raise_if_any(list(self._problems()))

    @property
    def usable_nl(self) -> int | None:
        """Greatest volume of the contents in nanolitres; ``None`` if only geometry limits it."""
        if self.fill_percent == _PERCENT:
            return None
        return self.inner_nl * self.fill_percent // _PERCENT

    @property
    def inner_nl(self) -> int:
        """Inner volume in nanolitres, rounded down: room is not made by rounding."""
        inner = self.inner
        return inner.length_um * inner.width_um * inner.height_um // _UM3_PER_NL

    def void_fill_minor(self, contents_nl: int) -> int:
        """Return the cost of the void fill in minor units, rounded up.

        Parameters
        ----------
        contents_nl
            Volume of the contents. The void is rounded up to the millilitre.
        """
        void_ml = -(-max(0, self.inner_nl - contents_nl) // _NL_PER_ML)
        return -(-void_ml * self.void_fill_minor_per_m3 // _ML_PER_M3)

    def _problems(self) -> Iterator[Violation]:
        if not self.id:
            yield Violation("id", "is empty; name the carton")
        for name in ("length_um", "width_um", "height_um"):
            inner, outer = getattr(self.inner, name), getattr(self.outer, name)
            if outer < inner:
                yield Violation(f"outer.{name}", f"{outer} is below the inner {inner}")
        for name, most in (
            ("tare_ug", MAX_WEIGHT_UG),
            ("cost_minor", MOST_CARTON_COST_MINOR),
            ("void_fill_minor_per_m3", MOST_FILL_MINOR_PER_M3),
        ):
            value = getattr(self, name)
            if not 0 <= value <= most:
                yield Violation(name, f"is {value}; it must lie in [0, {most}]")
        if self.max_weight_ug is not None and not 0 < self.max_weight_ug <= MAX_WEIGHT_UG:
            yield Violation("max_weight_ug", f"is {self.max_weight_ug}; it must lie in (0, 10 t]")
        if not 0 < self.fill_percent <= _PERCENT:
            yield Violation("fill_percent", f"is {self.fill_percent}; it must lie in [1, 100]")

"""What all parts of the page look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from allocation.backtest.report.markup import Markup, element
from allocation.backtest.run import BacktestResult
from allocation.backtest.summary import BacktestSummary
from routing.ids import LocationId


@dataclass(frozen=True, slots=True)
class View:
    """A backtest, its figures, and how to speak of what is in it.

    Attributes
    ----------
    currency
        ISO 4217 code of every amount.
    places
        What people call the locations.
    """

    result: BacktestResult
    summary: BacktestSummary
    currency: str
    places: Mapping[LocationId, str]

    @property
    def names(self) -> list[str]:
        """The rule sets' names."""
        return [each.name for each in self.summary.contenders]

    def place(self, location_id: LocationId) -> str:
        """Return what people call a location."""
        return self.places.get(location_id, location_id)


def make_view(result: BacktestResult, summary: BacktestSummary, currency: str) -> View:
    """Return the view of a backtest; locations that share a name keep their ids beside it."""
    locations = result.case.network.locations
    names = [each.name or each.id for each in locations]
    twice = {name for name in names if names.count(name) > 1}
    places = {
        each.id: f"{name} ({each.id})" if name in twice else name
        for each, name in zip(locations, names, strict=True)
    }
    return View(result, summary, currency, places)


def swatch(number: int) -> Markup:
    """Return the coloured mark of a rule set."""
    return element("span", class_=f"swatch c{number % COLOURS}", aria_hidden="true")


def legend(view: View) -> Markup:
    """Return which colour stands for which rule set."""
    entries = [
        element("span", swatch(number), name, class_="key")
        for number, name in enumerate(view.names)
    ]
    return element("p", *entries, class_="legend")


COLOURS = 6
"""How many rule sets have a colour of their own; further ones share, and are told by name."""

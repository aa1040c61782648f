"""Objects in JSON files: values that know their file and path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from allocation.cli.friendly.scalars import shown
from allocation.cli.importers.reading import Reading
from allocation.cli.money_text import decimal_of


@dataclass(slots=True)
class JsonObject:
    """One object; keys that nobody asks for are passed over, as exports hold many.

    Attributes
    ----------
    place
        File and path: ``products.json: products[3].variants[0]``.
    bad
        Whether something in it was reported.
    """

    place: str
    values: Mapping[str, object]
    reading: Reading
    bad: bool = field(default=False)

    def text(self, key: str) -> str:
        """Return a text, empty when it is absent or null."""
        value = self.values.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.report(key, f"is {shown(value)}; it must be a text")
            return ""
        return value.strip()

    def needed(self, key: str) -> str:
        """Return a text; an empty one is reported."""
        value = self.text(key)
        if not value and not self.bad:
            self.report(key, "is missing")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.report(key, f"is {shown(value)}; it must be true or false")
            return default
        return value

    def decimal(self, key: str) -> Decimal | None:
        """Return a number, exactly as stored when the export has it beside the rounded one."""
        value = self.values.get(key)
        raw = self.values.get(f"raw_{key}")
        if isinstance(raw, dict) and "value" in raw:
            value = raw["value"]
        if value is None or value == "":
            return None
        try:
            number = decimal_of(shown(value) if isinstance(value, bool) else str(value))
        except ValueError as error:
            self.report(key, str(error))
            return None
        return number

    def objects(self, key: str) -> Iterator[JsonObject]:
        """Yield the objects of a list; an absent list has none."""
        values = self.values.get(key)
        if values is None:
            return
        if not isinstance(values, list):
            self.report(key, f"is {shown(values)}; it must be a list")
            return
        for number, each in enumerate(values):
            place = f"{self.place}{'' if self.place.endswith(': ') else '.'}{key}[{number}]"
            if isinstance(each, dict):
                yield JsonObject(place, each, self.reading)
            else:
                self.reading.report(place, f"is {shown(each)}; it must be an object")

    def object(self, key: str) -> JsonObject:
        """Return an inner object, an empty one when it is absent."""
        value = self.values.get(key)
        inner = value if isinstance(value, dict) else {}
        return JsonObject(f"{self.place}.{key}", inner, self.reading)

    def report(self, key: str, message: str) -> None:
        """Report a problem of one value."""
        self.bad = True
        self.reading.report(f"{self.place}{'' if self.place.endswith(': ') else '.'}{key}", message)

"""What the sections of a rule set file have in common."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MOST_MINOR: Final = 10**9
MOST_COUNT: Final = 10**9
MOST_CHARACTERS: Final = 4_000
"""Of a condition."""

Minor = Annotated[int, Field(ge=0, le=MOST_MINOR)]
"""An amount in minor currency units: 450 is 4.50 in a currency with two decimals."""

Count = Annotated[int, Field(ge=0, le=MOST_COUNT)]


def _whole(value: object) -> object:
    """Let 1.0 and true not pass for 1."""
    return value if type(value) is int else repr(value)


Version = Annotated[Literal[1], BeforeValidator(_whole)]
AtLeastOne = Annotated[int, Field(ge=1, le=MOST_COUNT)]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Prose = Annotated[str, Field(max_length=1000)]
ConditionText = Annotated[str, Field(max_length=MOST_CHARACTERS)]


class Section(BaseModel):
    """A mapping with known keys only, whose values are of exactly the stated type."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )


class Rule(Section):
    """A rule that people can name: what all kinds of rules have."""

    name: Name = Field(
        description="Lower-case letters, digits and hyphens; shown in costs and explanations. "
        "Each name once in a file."
    )
    because: Prose = Field(default="", description="The reason, for people; shown in explanations.")
    from_: date | None = Field(
        default=None,
        alias="from",
        description="First day on which it holds, in the rule set's time zone. Default: always.",
    )
    until: date | None = Field(
        default=None,
        description="Last day on which it holds, in the rule set's time zone. Default: for ever.",
    )

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule is in force on a day."""
        return (self.from_ is None or self.from_ <= day) and (
            self.until is None or day <= self.until
        )

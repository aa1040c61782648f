"""A stored revision, and one entry of the record of activations."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

REVISION_PREFIX: Final = "rules-"
_DIGITS: Final = 16


class RuleState(Enum):
    """Life of a revision."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class StoredRules:
    """One revision as it is now.

    Attributes
    ----------
    revision
        See `revision_of`.
    number
        From 1, in the order in which revisions were put.
    text
        The file as it was put; empty in lists.
    author, comment
        Of whoever put it first; empty when not known.
    create_time
        Aware UTC.
    activate_time
        Of its latest activation; ``None`` when it never was active.
    etag
        Changes whenever `state` does, and with every activation.
    """

    revision: str
    number: int
    state: RuleState
    text: str
    author: str
    comment: str
    create_time: datetime
    activate_time: datetime | None
    etag: str


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation; the one with the greatest number decides.

    Attributes
    ----------
    number
        From 1, without gaps.
    author, comment
        Of whoever activated; empty when not known.
    time
        Aware UTC.
    """

    number: int
    revision: str
    author: str
    comment: str
    time: datetime


def revision_of(text: str) -> str:
    """Return the name of a revision: the same text has the same name, everywhere."""
    return REVISION_PREFIX + hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]

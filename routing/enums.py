"""Enums that are parts of keys."""

from __future__ import annotations

from enum import Enum


class KeyEnum(Enum):
    """An enum whose members are hashed as quickly as any object.

    `Enum` hashes the name of a member, in Python; what is looked up for every order has several
    of them in its key. Members are equal only to themselves, so where they are is as good.
    """

    __hash__ = object.__hash__

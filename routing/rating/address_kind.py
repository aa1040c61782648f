"""Kinds of addresses that some carriers do not deliver to."""

from __future__ import annotations

from enum import Enum


class AddressKind(Enum):
    """What about an address keeps a carrier away; most addresses are of no such kind."""

    PO_BOX = "po_box"
    """A box at a post office, which only the postal service opens."""
    MILITARY = "military"
    """APO, FPO and DPO: mail that the forces carry on from a gateway."""

"""Roles: what kinds of callers there are."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """What a caller is there for; a principal has one or several."""

    CHECKOUT = "checkout"
    """A commerce backend: plans, quotes, holds, and what becomes of them."""
    STOCK = "stock"
    """A warehouse or ERP system: levels, adjustments, audits, and what has left."""
    RULES = "rules"
    """The fulfillment team: rule sets, and why plans are what they are."""
    READ = "read"
    """Dashboards and support: looks at everything, changes nothing."""
    ADMIN = "admin"
    """Everything, the network included."""

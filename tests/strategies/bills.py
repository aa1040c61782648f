"""Bills of parcels, for tests that look at the terms alone."""

from __future__ import annotations

from typing import Any

from routing.rating.explain import PriceTerm, bill_parcel


def terms_of(*parcel: Any, **more: Any) -> tuple[PriceTerm, ...] | None:
    """Return the terms of `bill_parcel`; ``None`` where there is no price."""
    bill = bill_parcel(*parcel, **more)
    return None if bill is None else bill.terms

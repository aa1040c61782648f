"""What carriers ask today: live prices of a plan's parcels, beside the rate card's.

Rate cards decide; live prices are a second opinion on what was decided, because nobody can
ask a provider for every set of items in every carton from every location (ADR 0018). A
provider that is slow, wrong or away costs a warning, never a plan.
"""

from __future__ import annotations

from allocation.live_rates.compare import Compared, ShipmentToRate, compare
from allocation.live_rates.guarded import GuardedRates
from allocation.live_rates.provider import (
    LiveRate,
    LiveRateError,
    Parcel,
    Place,
    RateProvider,
    RateQuestion,
)
from allocation.live_rates.settings import PROVIDERS, LiveRateSettings, open_live_rates

__all__ = [
    "PROVIDERS",
    "Compared",
    "GuardedRates",
    "LiveRate",
    "LiveRateError",
    "LiveRateSettings",
    "Parcel",
    "Place",
    "RateProvider",
    "RateQuestion",
    "ShipmentToRate",
    "compare",
    "open_live_rates",
]

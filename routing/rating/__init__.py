"""What a parcel costs: rate zones, rate cards, surcharges, tariffs and transit days.

The way of a price:

- `zone_resolver`: places to rate zones, by official chart or by distance bands;
- `rate_card` and `card_book`: published prices by rate zone and weight, while in force;
- `fold`: one card, rate zone, ship date and kind of address become a `Tariff`, a plain
  step function of billable weight with every surcharge inside;
- `tariff`: prices of many parcels at once; `subadditivity` and `fluid_bound` say when one
  parcel is certainly the cheapest way, and what no split can undercut;
- `explain`: what a parcel is billed for, the same price term by term.

Everything is exact: micrograms, nanolitres and minor currency units, all integers. What
has no price is `NO_PRICE`, what has no rate zone is `UNKNOWN_ZONE`; neither is ever cheap.
"""

from __future__ import annotations

from routing.rating.card_book import CardBook
from routing.rating.explain import BASE_TERM, ParcelBill, PriceTerm, bill_parcel
from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.fold import fold
from routing.rating.load import load_cards, shipped_cards
from routing.rating.load_transit import shipped_transit
from routing.rating.load_zones import load_zone_chart, shipped_zone_bands
from routing.rating.rate_card import Pricing, RateCard
from routing.rating.rate_steps import RateStep, ZoneRates
from routing.rating.size_limits import SizeLimit, broken_limits, fits
from routing.rating.subadditivity import one_parcel_is_cheapest
from routing.rating.surcharge import PercentOf, Surcharge, SurchargeKind
from routing.rating.tariff import NO_PRICE, Tariff, billable_weight_ug, parcel_price_minor
from routing.rating.transit import UNKNOWN_TRANSIT_DAYS, TransitTable
from routing.rating.zone_bands import ZoneBands
from routing.rating.zone_chart import ZoneChart
from routing.rating.zone_place import ZoneOrigins, ZonePlace
from routing.rating.zone_resolver import ZoneResolver
from routing.rating.zones import UNKNOWN_ZONE, RateZone

__all__ = [
    "BASE_TERM",
    "NO_PRICE",
    "UNKNOWN_TRANSIT_DAYS",
    "UNKNOWN_ZONE",
    "CardBook",
    "ParcelBill",
    "PercentOf",
    "PriceTerm",
    "Pricing",
    "RateCard",
    "RateStep",
    "RateZone",
    "SizeLimit",
    "Surcharge",
    "SurchargeKind",
    "Tariff",
    "TransitTable",
    "ZoneBands",
    "ZoneChart",
    "ZoneOrigins",
    "ZonePlace",
    "ZoneRates",
    "ZoneResolver",
    "billable_weight_ug",
    "broken_limits",
    "bill_parcel",
    "fits",
    "fluid_bound_minor",
    "fold",
    "load_cards",
    "load_zone_chart",
    "one_parcel_is_cheapest",
    "parcel_price_minor",
    "shipped_cards",
    "shipped_transit",
    "shipped_zone_bands",
]

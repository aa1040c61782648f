"""What the packaged rate tables contain: which cards, limits, schemes and exceptions."""

from __future__ import annotations

from typing import Final, NamedTuple

Row = dict[str, str]


class CardRecipe(NamedTuple):
    """How one card is taken from the collected tables.

    Attributes
    ----------
    source_id
        Selects its prices.
    pricing
        Which price list it is.
    limits
        Column of the card to service and item of the collected limits of its carrier.
    head
        Columns that are written here, because the source says them in prose.
    collected_as
        Service in the collected table, where several share a source.
    holiday_service
        Service whose holiday adders it has, if any.
    """

    source_id: str
    pricing: str
    limits: dict[str, tuple[str, str]]
    head: Row
    collected_as: str = ""
    holiday_service: str = ""


_USPS_LIMITS: Final = {
    "dim_divisor_in3_per_lb": ("all", "dim_divisor"),
    "dim_threshold_in3": ("all", "dim_threshold"),
    "max_weight_lb": ("Ground Advantage", "max_weight"),
}
_FEDEX_LIMITS: Final = {
    "dim_divisor_in3_per_lb": ("all US package", "dim_divisor"),
    "max_weight_lb": ("Ground", "max_weight"),
    # The carrier accepts up to 119 in (165 in with girth), but above these sizes bills a
    # charge that is not in the table. A card must not price what it cannot price in full.
    "max_length_in": ("all US package", "oversize_trigger"),
}
_FEDEX_HEAD: Final = {
    "max_length_plus_girth_in": "130",
    # Neither post office boxes nor APO, FPO and DPO addresses are served.
    "not_to": "po_box military",
    # As published: sides of half an inch and more round up, others down.
    "side_rounding": "NEAREST",
    "side_rounding_step_in": "1",
}

CARDS: Final = (
    CardRecipe(
        "N123-2026-07-A",
        "commercial",
        _USPS_LIMITS,
        {
            "card_id": "usps-ground-advantage-commercial-2026-07-12",
            "carrier": "usps",
            "service": "ground-advantage",
            "service_name": "USPS Ground Advantage",
            "zone_scheme": "usps",
            # 130 in are accepted; above 108 in another price list applies.
            "max_length_plus_girth_in": "108",
            "source": "USPS Notice 123, prices of 2026-07-12 (N123-2026-07-A)",
            "note": "A temporary price change of 8 % (2026-04-26 to 2027-01-17) is not applied on "
            "top: it is unresolved whether these prices contain it. No oversized prices.",
        },
        holiday_service="Ground Advantage",
    ),
    CardRecipe(
        "FEDEX-SG-2025",
        "list",
        _FEDEX_LIMITS,
        {
            "card_id": "fedex-ground-list-2025-01-06",
            "carrier": "fedex",
            "service": "ground",
            "service_name": "FedEx Ground / Home Delivery",
            "zone_scheme": "fedex-ground",
            **_FEDEX_HEAD,
            "source": "FedEx Service Guide 2025 (FEDEX-SG-2025)",
            "note": "Before fuel and delivery-area charges. Oversize parcels are outside the card.",
        },
    ),
    CardRecipe(
        "FEDEX-RETAIL-2026",
        "retail",
        _FEDEX_LIMITS,
        {
            "card_id": "fedex-ground-retail-2026-01-05",
            "carrier": "fedex",
            "service": "ground",
            "service_name": "FedEx Ground / Home Delivery",
            "zone_scheme": "fedex-ground-retail",
            **_FEDEX_HEAD,
            "source": "FedEx retail rates workbook of 2026-01-05 (FEDEX-RETAIL-2026)",
            "note": "Contains residential, delivery-area and fuel charges: nothing is added on "
            "top. Oversize parcels are outside the card.",
        },
    ),
    CardRecipe(
        "N123-2026-07-B",
        "commercial",
        {
            "dim_divisor_in3_per_lb": ("all", "dim_divisor"),
            "dim_threshold_in3": ("all", "dim_threshold"),
        },
        {
            "card_id": "usps-priority-mail-commercial-2026-07-12",
            "carrier": "usps",
            "service": "priority-mail",
            "service_name": "USPS Priority Mail",
            "zone_scheme": "usps",
            "service_level": "expedited",
            "max_length_plus_girth_in": "108",
            "source": "USPS Notice 123, prices of 2026-07-12 (N123-2026-07-B)",
            "note": "Up to 20 lb: heavier prices were not collected. From one reproduction: "
            "complete, rising in weight and zone, nowhere below Ground Advantage, not checked "
            "further. Flat-rate boxes need cartons with their code. The temporary price change of "
            "8 % is not applied.",
        },
        collected_as="Priority Mail",
        holiday_service="Priority Mail",
    ),
)

CARD_COLUMNS: Final = (
    *("card_id", "carrier", "service", "service_name", "pricing", "currency"),
    *("effective_from", "effective_to", "zone_scheme", "dim_divisor_in3_per_lb"),
    *("dim_threshold_in3", "max_weight_lb", "max_length_in", "max_length_plus_girth_in"),
    *("side_rounding", "side_rounding_step_in", "service_level", "not_to", "source"),
    "note",
)
RATE_COLUMNS: Final = (
    "card_id",
    "zone",
    "max_weight_lb",
    "price",
    "carton",
    "verification",
    "note",
)
SURCHARGE_COLUMNS: Final = (
    *("card_id", "name", "kind", "amount", "residential", "zone_from", "zone_to"),
    *("weight_over_lb", "weight_up_to_lb", "effective_from", "effective_to"),
    *("longest_over_in", "second_over_in", "length_plus_girth_over_in", "actual_weight_over_lb"),
    *("min_billable_lb", "group", "source", "note"),
)
BAND_COLUMNS: Final = ("scheme", "carrier", "scope", "zone", "miles_over", "miles_up_to", "note")
EXCEPTION_COLUMNS: Final = ("scheme", "zip_from", "zip_to", "zone", "note")
TRANSIT_COLUMNS: Final = (
    *("carrier", "service", "zone", "min_business_days", "max_business_days", "basis"),
    *("holiday_country", "source"),
)

# Scheme, carrier code, scope, name in the collected table.
SCHEMES: Final = (
    ("usps", "usps", "us", "USPS"),
    ("fedex-ground", "fedex", "contiguous-us", "FedEx Ground"),
    ("fedex-ground-retail", "fedex", "contiguous-us", "FedEx Ground"),
    ("ups-ground", "ups", "contiguous-us", "UPS Ground"),
)
# First and last ZIP outside the contiguous states, and the name of the area.
OFFSHORE: Final = (
    ("00600", "00999", "Puerto Rico and Virgin Islands"),
    ("96700", "96899", "Hawaii"),
    ("96900", "96999", "Pacific islands"),
    ("99500", "99999", "Alaska"),
)
RETAIL_OFFSHORE: Final = {"Hawaii": "9", "Alaska": "17"}
ASSOCIATED_STATES: Final = (
    ("96939", "96944", "Micronesia and Palau"),
    ("96960", "96960", "Marshall Islands"),
    ("96970", "96970", "Marshall Islands"),
)
# The bands of billable pounds "0-3", "4-10", "11-25" as: over, up to and including.
HOLIDAY_WEIGHTS: Final = {"0-3lb": ("", "3"), "4-10lb": ("3", "10"), "11-25lb": ("10", "25")}
HOLIDAY_PREFIX: Final = "holiday_adder_commercial_z"
TRANSIT_SERVICES: Final = {
    ("USPS", "Ground Advantage"): ("usps", "ground-advantage"),
    ("FedEx", "Ground"): ("fedex", "ground"),
    ("USPS", "Priority Mail"): ("usps", "priority-mail"),
}
# Published for the whole service and not spread by anyone: the same range in every zone.
SAME_TRANSIT_EVERYWHERE: Final = {("USPS", "Priority Mail"): tuple(map(str, range(1, 10)))}
# Above these a parcel needs additional handling; of both kinds FedEx bills the dearer one.
HANDLING: Final = {
    "additional_handling_dimension": {
        "longest_over_in": "48",
        "second_over_in": "30",
        "length_plus_girth_over_in": "105",
        "min_billable_lb": "40",
    },
    "additional_handling_weight": {"actual_weight_over_lb": "50"},
}
FLAT_CARTONS: Final = {
    "flat_rate_small_box_commercial": "small-flat-rate-box",
    "flat_rate_medium_box_commercial": "medium-flat-rate-box",
    "flat_rate_large_box_commercial": "large-flat-rate-box",
}
FLAT_CARTON_MAX_LB: Final = "70"

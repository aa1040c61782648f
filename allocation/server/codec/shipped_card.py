"""The rate cards that come with ShipFrom, as messages for those who list them."""

from __future__ import annotations

from allocation.server.codec.carrier_service import SERVICE_LEVELS
from allocation.server.codec.decimal import encode_decimal
from allocation.server.codec.delivery_area import encode_area
from allocation.server.codec.money import encode_money
from allocation.server.codec.rate_card import ADDRESS_KINDS
from allocation.server.codec.surcharge import encode_limit_lb, encode_surcharge
from allocation.server.codec.times import encode_date
from routing.quantity import E6
from routing.rating.address_kind import AddressKind
from routing.rating.rate_card import RateCard
from routing.rating.weights import NL_PER_IN3, UM_PER_IN
from routing.v1 import rate_card_pb2


def encode_shipped_card(card: RateCard) -> rate_card_pb2.RateCard:
    """Return a card; decoded again it is the same but for names only people read."""
    message = rate_card_pb2.RateCard(
        id=card.id,
        carrier=card.carrier,
        service=card.service,
        pricing=card.pricing.value,
        currency=card.currency,
        effective_from=encode_date(card.effective_from),
        source=card.source,
        zone_scheme=card.zone_scheme,
        surcharges=[encode_surcharge(each, card.currency) for each in card.surcharges],
        dim_threshold_in3=card.dim_threshold_nl // NL_PER_IN3,
        max_weight_lb=encode_limit_lb(card.max_weight_ug),
    )
    message.service_level = SERVICE_LEVELS.encode(card.service_level)
    message.delivery_areas.extend(encode_area(each) for each in card.areas)
    message.not_to.extend(ADDRESS_KINDS.encode(kind) for kind in AddressKind if kind in card.not_to)
    if card.min_price_minor:
        message.min_price.CopyFrom(encode_money(card.min_price_minor, card.currency))
    if card.side_rounding is not None:
        inches = encode_decimal(-(-card.side_rounding.step_um * E6 // UM_PER_IN), 6)
        message.side_rounding.step_in.CopyFrom(inches)
        message.side_rounding.up = card.side_rounding.up
    for zone in card.rates:
        for flat in zone.cartons:
            message.carton_rates.add(
                rate_zone=zone.zone,
                rate_code=flat.code,
                max_weight_lb=encode_limit_lb(flat.max_weight_ug),
                price=encode_money(flat.price_minor, card.currency),
            )
        for step in zone.steps:
            message.steps.add(
                rate_zone=zone.zone,
                max_weight_g=encode_decimal(step.max_weight_ug, 6),
                price=encode_money(step.price_minor, card.currency),
            )
    if card.effective_to is not None:
        message.effective_to.CopyFrom(encode_date(card.effective_to))
    if card.dim_divisor_in3_per_lb is not None:
        message.dim_divisor_in3_per_lb = int(card.dim_divisor_in3_per_lb)
    for name, limit_um in (
        ("max_length_in", card.max_length_um),
        ("max_length_plus_girth_in", card.max_length_plus_girth_um),
    ):
        if limit_um is not None:
            inches = encode_decimal(-(-limit_um * E6 // UM_PER_IN), 6)
            getattr(message, name).CopyFrom(inches)
    return message

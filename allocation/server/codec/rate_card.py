"""Rate cards: prices of one carrier service by rate zone and weight."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import islice
from types import MappingProxyType
from typing import Final

from allocation.server.codec.carrier_service import SERVICE_LEVELS, decode_code
from allocation.server.codec.decimal import decode_range_e6
from allocation.server.codec.delivery_area import decode_areas
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.money import MoneyReader
from allocation.server.codec.rate_steps import decode_rates
from allocation.server.codec.surcharge import decode_limit_lb, decode_surcharge
from allocation.server.codec.text import decode_currency, decode_id, decode_prose, slug
from allocation.server.codec.times import decode_date
from routing.errors import InvalidInputError
from routing.ids import CarrierCode, RateCardId, ServiceCode
from routing.order import ServiceLevel
from routing.quantity import E6
from routing.rating.address_kind import AddressKind
from routing.rating.rate_card import Pricing, RateCard
from routing.rating.rate_steps import gaps_between
from routing.rating.side_rounding import SideRounding
from routing.rating.surcharge import Surcharge
from routing.rating.weights import NL_PER_IN3, UM_PER_IN
from routing.v1 import rate_card_pb2

MOST_SURCHARGES: Final = 200
MOST_GAPS: Final = 20
MOST_LENGTH_IN: Final = 1_000_000
MOST_ROUNDING_IN: Final = 1_000

ADDRESS_KINDS: Final = EnumTable(rate_card_pb2.AddressKind, "ADDRESS_KIND", AddressKind)

# The domain's names of what the contract calls otherwise.
_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "max_weight_ug": "max_weight_lb",
        "max_length_um": "max_length_in",
        "max_length_plus_girth_um": "max_length_plus_girth_in",
        "dim_threshold_nl": "dim_threshold_in3",
        "rates": "steps",
    }
)


def decode_rate_card(
    message: rate_card_pb2.RateCard, path: str, findings: Findings
) -> RateCard | None:
    """Return a rate card; ``None`` when it has a problem."""
    known = len(findings.violations)
    card_id = decode_id(message.id, f"{path}.id", findings)
    currency = decode_currency(message.currency, f"{path}.currency", findings)
    if not message.currency:
        findings.refuse(f"{path}.currency", "is missing; give an ISO 4217 code such as 'USD'")
    money = MoneyReader(findings, currency, "the card")
    carrier = decode_code(message.carrier, f"{path}.carrier", findings)
    service = decode_code(message.service, f"{path}.service", findings)
    pricing = _pricing(message, f"{path}.pricing", findings)
    start = _date(message, "effective_from", path, findings)
    if not message.HasField("effective_from"):
        findings.refuse(f"{path}.effective_from", "is missing; give the first ship date")
    end = _date(message, "effective_to", path, findings)
    scheme = slug(decode_id(message.zone_scheme, f"{path}.zone_scheme", findings))
    rates = decode_rates(message, path, findings, money)
    for gap in islice(gaps_between(rates), MOST_GAPS):
        findings.refuse(f"{path}.steps", f"{gap.path} {gap.message}")
    heaviest = decode_limit_lb(message, "max_weight_lb", path, findings)
    if heaviest is None:
        heaviest = max((zone.max_weight_ug for zone in rates), default=0)
    divisor = None
    if message.HasField("dim_divisor_in3_per_lb"):
        divisor = Fraction(message.dim_divisor_in3_per_lb)
    length = _limit_um(message, "max_length_in", path, findings)
    around = _limit_um(message, "max_length_plus_girth_in", path, findings)
    surcharges = _surcharges(message, f"{path}.surcharges", findings, money)
    areas = decode_areas(message.delivery_areas, f"{path}.delivery_areas", findings)
    rounding = _rounding(message, f"{path}.side_rounding", findings)
    level = SERVICE_LEVELS.decode(message.service_level, f"{path}.service_level", findings)
    not_to = [
        ADDRESS_KINDS.decode(number, f"{path}.not_to[{index}]", findings)
        for index, number in enumerate(message.not_to)
    ]
    least = 0
    if message.HasField("min_price"):
        least = money.minor(message.min_price, f"{path}.min_price")
    decode_prose(message.source, f"{path}.source", findings)
    if start is None or pricing is None or len(findings.violations) > known:
        return None
    try:
        return RateCard(
            id=RateCardId(card_id),
            carrier=CarrierCode(carrier),
            service=ServiceCode(service),
            service_name=message.service,
            pricing=pricing,
            currency=currency or "",
            effective_from=start,
            effective_to=end,
            source=message.source or "given by the caller",
            zone_scheme=scheme,
            rates=rates,
            max_weight_ug=heaviest,
            dim_divisor_in3_per_lb=divisor,
            dim_threshold_nl=message.dim_threshold_in3 * NL_PER_IN3,
            max_length_um=length,
            max_length_plus_girth_um=around,
            surcharges=surcharges,
            min_price_minor=least,
            areas=areas,
            side_rounding=rounding,
            service_level=level or ServiceLevel.STANDARD,
            not_to=frozenset(kind for kind in not_to if kind is not None),
        )
    except InvalidInputError as error:
        for violation in error.violations:
            field = violation.path.removeprefix(f"rate_card[{card_id}].")
            # "rates[zone 4]" is what the contract has as steps of rate zone 4.
            field = _FIELDS.get(field, field).replace("rates[", "steps[")
            findings.refuse(f"{path}.{field}", violation.message)
    return None


def _pricing(message: rate_card_pb2.RateCard, path: str, findings: Findings) -> Pricing | None:
    """Return whose prices these are; the merchant's own contract when the card does not say."""
    if not message.pricing:
        return Pricing.CONTRACT
    try:
        return Pricing(message.pricing.casefold())
    except ValueError:
        known = ", ".join(pricing.value for pricing in Pricing)
        findings.refuse(path, f"is {shown(message.pricing)}; give one of {known}")
        return None


def _date(
    message: rate_card_pb2.RateCard, field: str, path: str, findings: Findings
) -> date | None:
    if not message.HasField(field):  # type: ignore[arg-type]
        return None
    return decode_date(getattr(message, field), f"{path}.{field}", findings)


def _limit_um(
    message: rate_card_pb2.RateCard, field: str, path: str, findings: Findings
) -> int | None:
    if not message.HasField(field):  # type: ignore[arg-type]
        return None
    text = getattr(message, field).value
    value = decode_range_e6(text, f"{path}.{field}", findings, MOST_LENGTH_IN)
    return None if value is None else value * UM_PER_IN // E6


def _rounding(
    message: rate_card_pb2.RateCard, path: str, findings: Findings
) -> SideRounding | None:
    if not message.HasField("side_rounding"):
        return None
    text = message.side_rounding.step_in.value
    value = decode_range_e6(text, f"{path}.step_in", findings, MOST_ROUNDING_IN)
    if value is None:
        return None
    step_um = value * UM_PER_IN // E6
    return findings.build(path, lambda: SideRounding(step_um, up=message.side_rounding.up))


def _surcharges(
    message: rate_card_pb2.RateCard, path: str, findings: Findings, money: MoneyReader
) -> tuple[Surcharge, ...]:
    if len(message.surcharges) > MOST_SURCHARGES:
        findings.refuse(path, f"has {len(message.surcharges)} entries; give {MOST_SURCHARGES}")
        return ()
    decoded = (
        decode_surcharge(each, f"{path}[{index}]", findings, money)
        for index, each in enumerate(message.surcharges)
    )
    return tuple(surcharge for surcharge in decoded if surcharge is not None)

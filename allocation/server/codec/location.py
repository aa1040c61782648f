"""Stock locations."""

from __future__ import annotations

from functools import partial
from typing import Final

from allocation.server.codec.calendar import decode_calendar, decode_downtimes
from allocation.server.codec.carrier_service import decode_carrier_service
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.money import MoneyReader
from allocation.server.codec.place import decode_coordinates, decode_country_and_code, look_up
from allocation.server.codec.text import decode_currency, decode_id, decode_prose, decode_words
from routing.geo.coordinates import Coordinates
from routing.geo.nearest import nearest_place
from routing.geo.postal import PostalPlace
from routing.ids import CartonId, LocationId
from routing.labour import Labour
from routing.location import (
    CarrierService,
    DailyCapacity,
    HandlingCost,
    LocationKind,
    LocationState,
    StockLocation,
)
from routing.promise.calendar import WorkingCalendar
from routing.promise.local_time import zone_of
from routing.transfer import TransferRoute
from routing.v1 import location_pb2

MOST_CAPACITY: Final = 10**12
MOST_CARRIER_SERVICES: Final = 200
MOST_ROUTES: Final = 1_000

KINDS: Final = EnumTable(
    location_pb2.LocationKind, "LOCATION_KIND", LocationKind, LocationKind.FULFILLMENT_CENTER
)
STATES: Final = EnumTable(
    location_pb2.LocationState, "LOCATION_STATE", LocationState, LocationState.OPEN
)


def decode_location(
    message: location_pb2.StockLocation, path: str, findings: Findings
) -> StockLocation | None:
    """Return a stock location; ``None`` when it has a problem.

    Coordinates and time zone that are absent come from the postal code; where that is not
    known either, a warning says so.
    """
    known = len(findings.violations)
    location_id = decode_id(message.id, f"{path}.id", findings)
    country, code = decode_country_and_code(message.address, f"{path}.address", findings)
    place = look_up(country, code)
    coordinates = _coordinates(message, place, path, findings)
    if place is None and coordinates is not None:
        nearest = nearest_place(coordinates)
        if nearest is not None:
            country, place = country or nearest[0], nearest[1]
    currency = decode_currency(message.currency, f"{path}.currency", findings)
    reader = MoneyReader(findings, currency, "the location")
    handling = _handling(message, path, findings, reader)
    transfers = _transfers(message, f"{path}.transfer_routes", findings, reader)
    region = message.address.administrative_area
    decode_prose(region, f"{path}.address.administrative_area", findings)
    location = StockLocation(
        id=LocationId(location_id),
        name=decode_prose(message.name, f"{path}.name", findings) or location_id,
        kind=KINDS.decode(message.kind, f"{path}.kind", findings)
        or LocationKind.FULFILLMENT_CENTER,
        country=country,
        postal_code=code,
        region=region or (place.region if place else None),
        coordinates=coordinates,
        tz=_tz(message, place, path, findings),
        tags=decode_words(message.tags, f"{path}.tags", findings),
        channels=decode_words(message.channels, f"{path}.channels", findings),
        markets=decode_words(message.markets, f"{path}.markets", findings),
        rank=message.rank,
        carrier_services=_carrier_services(message, f"{path}.carrier_services", findings),
        handling=handling,
        state=STATES.decode(message.state, f"{path}.state", findings) or LocationState.OPEN,
        calendar=_calendar(message, path, findings),
        capacity=_capacity(message, path, findings),
        currency=reader.currency,
        pickup=message.pickup,
        downtimes=decode_downtimes(message.downtimes, f"{path}.downtimes", findings),
        transfers=transfers,
        merges=message.merges,
        carton_ids=frozenset(
            CartonId(each)
            for each in decode_words(message.carton_ids, f"{path}.carton_ids", findings)
        ),
    )
    return location if len(findings.violations) == known else None


def _coordinates(
    message: location_pb2.StockLocation, place: PostalPlace | None, path: str, findings: Findings
) -> Coordinates | None:
    if message.HasField("coordinates"):
        return decode_coordinates(message.coordinates, f"{path}.coordinates", findings)
    if place is None:
        findings.warn(
            f"location {shown(message.id)} has unknown coordinates and sorts last: give "
            "coordinates, or a country and postal code that are known"
        )
        return None
    return place.coordinates


def _tz(
    message: location_pb2.StockLocation, place: PostalPlace | None, path: str, findings: Findings
) -> str:
    if message.tz:
        if len(message.tz) > 64:  # longer names only make the file system complain
            findings.refuse(f"{path}.tz", f"is {shown(message.tz)}; give an IANA time zone name")
        else:
            findings.build(path, lambda: zone_of(message.tz))
        return message.tz
    if place is None:
        findings.warn(f"location {shown(message.id)} has no time zone and counts as UTC: give tz")
        return "UTC"
    return place.tz


def _carrier_services(
    message: location_pb2.StockLocation, path: str, findings: Findings
) -> tuple[CarrierService, ...]:
    if len(message.carrier_services) > MOST_CARRIER_SERVICES:
        findings.refuse(path, f"has too many entries; give at most {MOST_CARRIER_SERVICES}")
        return ()
    return tuple(
        decode_carrier_service(each, f"{path}[{index}]", findings)
        for index, each in enumerate(message.carrier_services)
    )


def _transfers(
    message: location_pb2.StockLocation, path: str, findings: Findings, reader: MoneyReader
) -> tuple[TransferRoute, ...]:
    if len(message.transfer_routes) > MOST_ROUTES:
        findings.refuse(path, f"has too many entries; give at most {MOST_ROUTES}")
        return ()
    routes = []
    for index, route in enumerate(message.transfer_routes):
        at = f"{path}[{index}]"
        amounts = {
            f"{name}_minor": reader.minor(getattr(route, name), f"{at}.{name}")
            for name in ("per_transfer", "per_unit")
            if route.HasField(name)
        }
        to = LocationId(decode_id(route.to_location_id, f"{at}.to_location_id", findings))
        if to == message.id and to:
            findings.refuse(f"{at}.to_location_id", "is the location itself; name another one")
        days = route.transit_days
        made = findings.build(at, partial(TransferRoute, to, days, **amounts))
        if made is not None:
            routes.append(made)
    return tuple(routes)


def _handling(
    message: location_pb2.StockLocation, path: str, findings: Findings, reader: MoneyReader
) -> HandlingCost:
    costs = message.handling_cost
    amounts = {
        f"{name}_minor": reader.minor(getattr(costs, name), f"{path}.handling_cost.{name}")
        for name in ("per_shipment", "per_line", "per_unit", "per_parcel", "material_per_parcel")
        if costs.HasField(name)
    }
    labour = None
    if costs.HasField("labour"):
        labour = _labour(costs.labour, f"{path}.handling_cost.labour", findings, reader)
    return HandlingCost(
        amounts.get("per_shipment_minor", 0),
        amounts.get("per_line_minor", 0),
        amounts.get("per_unit_minor", 0),
        amounts.get("per_parcel_minor", 0),
        amounts.get("material_per_parcel_minor", 0),
        labour,
    )


def _labour(
    message: location_pb2.Labour, path: str, findings: Findings, reader: MoneyReader
) -> Labour | None:
    if not message.HasField("per_hour"):
        findings.refuse(f"{path}.per_hour", "is missing; say what an hour costs")
    per_hour = reader.minor(message.per_hour, f"{path}.per_hour")
    return findings.build(
        path,
        lambda: Labour(
            per_hour, message.shipment_s, message.line_s, message.unit_s, message.parcel_s
        ),
    )


def _calendar(
    message: location_pb2.StockLocation, path: str, findings: Findings
) -> WorkingCalendar:
    if not message.HasField("working_calendar"):
        return WorkingCalendar()
    at = f"{path}.working_calendar"
    return decode_calendar(message.working_calendar, at, findings) or WorkingCalendar()


def _capacity(message: location_pb2.StockLocation, path: str, findings: Findings) -> DailyCapacity:
    given = message.daily_capacity
    limits = {}
    for name in ("orders", "lines", "units"):
        if not given.HasField(name):
            continue
        limits[name] = getattr(given, name)
        if not 0 <= limits[name] <= MOST_CAPACITY:
            message_ = f"is {limits[name]}; it must lie in [0, {MOST_CAPACITY}]"
            findings.refuse(f"{path}.daily_capacity.{name}", message_)
    return DailyCapacity(**limits)

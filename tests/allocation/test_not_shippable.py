"""What an unfilled line says when nobody has a price: the cause, and what would help."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

from allocation.engine import Engine
from allocation.plan import UnfilledLine, UnfilledReason
from routing.geo.coordinates import Coordinates
from routing.ids import CarrierCode, ServiceCode
from routing.location import CarrierService
from routing.network import Network
from routing.order import Destination, Order, ServiceLevel
from routing.rating.address_kind import AddressKind
from tests.networks import PLACES, item, line, network, order, request, stock

ENGINE = Engine(time.monotonic)
EVERYWHERE = dict.fromkeys(PLACES, 9)
HOME = Destination("US", "80202", Coordinates(39.75, -105.0))


def unfilled(asked: Order, shop: Network) -> UnfilledLine:
    [found] = ENGINE.plan(request(asked, shop, stock(cup=EVERYWHERE))).plan.unfilled
    assert found.reason is UnfilledReason.NOT_SHIPPABLE
    return found


def shop() -> Network:
    return network([item("cup")])


def cup(destination: Destination = HOME, **fields: object) -> Order:
    return replace(order([line(1, "cup")]), destination=destination, **fields)  # type: ignore[arg-type]


def only(shop: Network, *services: CarrierService) -> Network:
    return shop.with_locations(
        [replace(place, carrier_services=services) for place in shop.locations]
    )


def test_a_service_level_that_no_service_is_of_is_named() -> None:
    found = unfilled(cup(service_level=ServiceLevel.SAME_DAY), shop())
    assert "is of service level SAME_DAY or faster" in found.detail
    assert found.remedies == ("a carrier service of level SAME_DAY, or a slower service level",)


def test_an_address_that_the_services_do_not_serve_is_named() -> None:
    fedex = next(card for card in shop().cards.cards if AddressKind.PO_BOX in card.not_to)
    service = CarrierService(fedex.carrier, fedex.service)
    found = unfilled(cup(replace(HOME, po_box=True)), only(shop(), service))
    assert f"{fedex.carrier} {fedex.service} does not deliver to post office boxes" in found.detail
    assert found.remedies == ("a street address",)


def test_a_day_for_which_there_is_no_rate_card_is_named_with_the_days_there_are() -> None:
    early = cup(placed_time=datetime(2019, 5, 6, 12, tzinfo=UTC))
    found = unfilled(early, shop())
    assert "is in force on 2019-05-06; " in found.detail
    assert any(" from 2019-05-06 or earlier" in remedy for remedy in found.remedies)


def test_locations_whose_services_have_no_card_say_so() -> None:
    nobody = CarrierService(CarrierCode("acme"), ServiceCode("ground"))
    found = unfilled(cup(), only(shop(), nobody))
    assert "no carrier service of the locations has a rate card" in found.detail
    assert found.remedies == ("a rate card that covers the destination",)

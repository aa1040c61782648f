"""The cheapest plan found by trying every way to give whole lines to locations."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from itertools import product

from routing.rating.zones import RateZone
from routing.sourcing.lane_sheet import lane_sheet
from tests.allocation.presets.plain import Sent
from tests.allocation.presets.scenes import Scene
from tests.networks import POUND_UG
from tests.strategies.bills import terms_of

Choice = tuple[str | None, ...]


def cheapest(scene: Scene) -> tuple[int, list[Sent]]:
    """Return the least cost among the fullest plans, and everything that attains it."""
    postage = _Postage(scene)
    found: dict[tuple[int, int], list[Sent]] = defaultdict(list)
    for choice in product(*(_able(scene, name, units) for name, units in scene.wanted)):
        sent = {
            (name, site): units
            for (name, units), site in zip(scene.wanted, choice, strict=True)
            if site is not None
        }
        found[-sum(sent.values()), postage.cost(sent)].append(sent)
    best = min(found)
    return best[1], found[best]


def _able(scene: Scene, name: str, units: int) -> list[str | None]:
    return [None, *(site for site, there in scene.levels[name].items() if there >= units)]


class _Postage:
    """Prices what leaves a location: every item weighs a pound and has no size."""

    def __init__(self, scene: Scene) -> None:
        order, network = scene.request.order, scene.request.network
        facts = lane_sheet(order, network, 0)
        self._handling = {
            str(each.id): each.handling.per_shipment_minor for each in network.locations
        }
        self._lanes: dict[str, list[int]] = defaultdict(list)
        for lane, place in enumerate(facts.location.tolist()):
            self._lanes[network.locations[place].id].append(lane)

        @cache
        def parcel(lane: int, pounds: int) -> int:
            terms = terms_of(
                facts.cards[int(facts.card[lane])],
                RateZone(int(facts.zone[lane])),
                date.fromordinal(int(facts.ship[lane])),
                residential=order.destination.residential,
                weight_ug=pounds * POUND_UG,
                volume_nl=0,
            )
            assert terms is not None
            return sum(amount for _, amount in terms)

        @cache
        def parcels(lane: int, pounds: int) -> int:
            """Return the least price in any number of parcels."""
            halves = ((part, pounds - part) for part in range(1, pounds // 2 + 1))
            ways = [parcels(lane, one) + parcels(lane, other) for one, other in halves]
            return min([parcel(lane, pounds), *ways])

        self._parcels = parcels

    def cost(self, sent: Sent) -> int:
        pounds: dict[str, int] = defaultdict(int)
        for (_, site), units in sent.items():
            pounds[site] += units
        return sum(
            self._handling[site] + min(self._parcels(lane, weight) for lane in self._lanes[site])
            for site, weight in pounds.items()
        )

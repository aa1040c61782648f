"""Requests that are fine as they are, for every method, and a server that knows what they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from allocation.server.services import FILES
from tests.allocation.server.samples import (
    allocate_request,
    network_messages,
    quote_request,
)
from tests.fuzz.desk import AMPLE_S, Desk

PLACES: Final = ("reno", "dallas", "newark")
NEVER_SERVED: Final = "/allocation.v1.AllocationService/AllocateBatch"
RULES: Final = """\
version: 1
strategy: cheapest
require:
  - name: no-glass-from-reno
    because: it breaks
    when: "'glass' in line.tags && order.units > 0"
    location: location.id != 'reno'
prefer:
  - name: near-the-sea
    because: people like it
    location: location.id == 'newark'
    credit_minor: 20
"""


@dataclass(frozen=True)
class Seed:
    """A request that is fine; `messages` has more than one only for streams."""

    method: str
    messages: tuple[Message, ...]

    def contents(self) -> tuple[bytes, ...]:
        """Return its bytes."""
        return tuple(each.SerializeToString() for each in self.messages)


def request_types() -> dict[str, type[Message]]:
    """Return the request type of every method of the contract."""
    return {
        f"/{service.full_name}/{method.name}": GetMessageClass(method.input_type)
        for file in FILES
        for service in file.services_by_name.values()
        for method in service.methods
    }


async def prepared(desk: Desk) -> tuple[Seed, ...]:
    """Fill a server and return a seed for every method."""
    types = request_types()

    def made(method: str, *documents: Mapping[str, Any]) -> Seed:
        name = next(each for each in types if each.endswith(f"/{method}"))
        return Seed(name, tuple(json_format.ParseDict(each, types[name]()) for each in documents))

    locations, items = network_messages()
    puts = [
        Seed("/routing.v1.NetworkService/PutLocations", (locations,)),
        Seed("/routing.v1.NetworkService/PutItems", (items,)),
    ]
    for seed in puts:
        await _must(desk, seed)
    feed = made("SetLevels", *_feed())
    await _must(desk, feed)
    rules = made("PutRules", {"yaml": RULES, "author": "me", "comment": "first"})
    await _must(desk, rules)
    revision = desk.resources.store.rules.revisions()[0].revision
    held, committed = [await _held(desk, number) for number in (1, 2)]
    await _must(desk, made("CommitPlan", {"planId": committed}))
    card_ids = desk.resources.network.state.rate_card_ids
    return (
        *puts,
        feed,
        rules,
        *_planning(),
        *_plan_calls(made, held, committed),
        *_stock_calls(made),
        *_network_calls(made, card_ids[0], desk),
        made("ValidateRules", {"yaml": RULES, "casesYaml": "cases: []\n"}),
        made("ActivateRules", {"revision": revision, "author": "me", "comment": "go"}),
        made("ListRules", {"pageSize": 2, "pageToken": ""}),
        made("ListActivations", {"pageSize": 2}),
        made("GetRules", {"revision": revision}),
        Seed(
            "/allocation.v1.RuleService/TryRules",
            (_trial(types["/allocation.v1.RuleService/TryRules"]),),
        ),
    )


async def _must(desk: Desk, seed: Seed) -> bytes:
    answer = await desk.call(seed.method, seed.contents(), AMPLE_S)
    assert answer.code == "OK", (seed.method, answer)
    return answer.content


def _hold(number: int) -> Any:
    request = allocate_request({"mug": "2", "cloth": "0.5"})
    request.ClearField("inline_stock")
    request.ledger_stock.SetInParent()
    request.request_id = f"seed-{number}"
    request.mode = (
        type(request)
        .DESCRIPTOR.fields_by_name["mode"]
        .enum_type.values_by_name["ALLOCATE_MODE_HOLD"]
        .number
    )
    request.options.solve_budget.nanos = 20_000_000
    return request


async def _held(desk: Desk, number: int) -> str:
    from allocation.v1 import allocation_service_pb2 as pb  # noqa: PLC0415

    seed = Seed("/allocation.v1.AllocationService/Allocate", (_hold(number),))
    plan = pb.AllocateResponse.FromString(await _must(desk, seed)).plan
    assert not plan.unfilled
    return str(plan.id)


def _planning() -> Iterable[Seed]:
    registered = allocate_request({"mug": "2", "gift-set": "1", "cloth": "1.5"})
    locations, items = network_messages()
    inline = allocate_request()
    inline.network.locations.extend(locations.locations)
    inline.network.items.extend(items.items)
    inline.options.alternatives = 2
    inline.options.explain = True
    quote = quote_request()
    for request in (registered, inline, quote):
        request.options.solve_budget.nanos = 20_000_000
    yield Seed("/allocation.v1.AllocationService/Allocate", (registered,))
    yield Seed("/allocation.v1.AllocationService/Allocate", (inline,))
    yield Seed("/allocation.v1.AllocationService/Allocate", (_hold(3),))
    yield Seed("/allocation.v1.AllocationService/Quote", (quote,))


def _plan_calls(made: Any, held: str, committed: str) -> Sequence[Seed]:
    named = {"planId": held, "requestId": "r-1"}
    part = {"lineId": "line-1", "locationId": "newark", "quantity": {"value": "1"}}
    return (
        made("GetPlan", {"planId": held}),
        made("CommitPlan", named),
        made("ReleasePlan", {**named, "requestId": "r-2", "lineIds": ["line-1"], "comment": "no"}),
        made("ExtendPlan", {**named, "requestId": "r-3", "holdTtl": "600s"}),
        made("FulfillPlan", {"planId": committed, "requestId": "r-4", "parts": [part]}),
        made(
            "ReallocatePlan",
            {
                "planId": committed,
                "requestId": "r-5",
                "excludedLocationIds": ["dallas"],
                "shortPicks": [part],
            },
        ),
        made("ExplainPlan", {"planId": held, "locationIds": ["reno"]}),
        made("ReplayPlan", {"planId": held}),
    )


def _feed() -> Sequence[Mapping[str, Any]]:
    now = datetime.now(UTC).isoformat()
    rows = [
        {
            "inventoryItemId": item,
            "locationId": place,
            "quantity": {"value": "100"},
            "incoming": [{"quantity": {"value": "5"}, "expectedTime": "2027-05-01T00:00:00Z"}],
        }
        for item in ("mug", "tea", "cloth")
        for place in PLACES
    ]
    header = {"requestId": "feed-1", "kind": "FEED_KIND_DELTA", "observedTime": now}
    lot = {**rows[0], "lotId": "lot-1", "locationId": "dallas"}
    return {"header": header, "rows": rows[:5]}, {"rows": [*rows[5:], lot]}


def _stock_calls(made: Any) -> Sequence[Seed]:
    adjustment = {
        "inventoryItemId": "mug",
        "locationId": "reno",
        "reason": "STOCK_CHANGE_REASON_RECEIVE",
        "quantity": {"value": "3"},
        "comment": "a box",
    }
    items, places = ["mug", "tea"], list(PLACES[:2])
    return (
        made("AdjustStock", {"requestId": "a-1", "adjustments": [adjustment]}),
        made(
            "GetAvailability",
            {"inventoryItemIds": items, "locationIds": places, "atTime": "2027-06-01T00:00:00Z"},
        ),
        made("WatchStock", {"inventoryItemIds": items, "locationIds": places}),
        made("AuditStock", {"inventoryItemIds": items}),
        made("ListStockEntries", {"inventoryItemId": "mug", "locationId": "reno", "pageSize": 2}),
        made("ListWaiting", {"inventoryItemIds": items, "locationIds": places}),
        made("FindSerials", {"inventoryItemId": "mug", "serials": ["S1", "S2"]}),
        made("RecallLot", {"requestId": "l-1", "inventoryItemId": "mug", "lotId": "lot-1"}),
        made("ListLowStock", {"inventoryItemIds": items, "locationIds": places, "pageSize": 5}),
    )


def _network_calls(made: Any, card_id: str, desk: Desk) -> Sequence[Seed]:
    card: Any = type(desk.resources.network.state.rate_cards[card_id])()
    card.CopyFrom(desk.resources.network.state.rate_cards[card_id])
    del card.steps[20:]
    card.ClearField("max_weight_lb")
    cards = made(
        "PutRateCards",
        {
            "validateOnly": True,
            "zoneCharts": [
                {
                    "zoneScheme": "usps",
                    "pairs": [{"originZip3": "100", "destinationZip3": "101", "rateZone": 3}],
                }
            ],
        },
    )
    cards.messages[0].rate_cards.add().CopyFrom(card)
    carton = {
        "id": "box",
        "inner": {
            "length_mm": {"value": "300"},
            "width_mm": {"value": "200"},
            "height_mm": {"value": "100"},
        },
    }
    return (
        cards,
        made("PutCartons", {"validateOnly": True, "cartons": [carton]}),
        made(
            "PutExchangeRates",
            {
                "currency": "USD",
                "rates": [{"currency": "EUR", "rate": {"value": "1.08"}}],
                "asOf": {"year": 2026, "month": 11, "day": 1},
                "source": "bank",
                "validateOnly": True,
            },
        ),
        made("ListCartons", {}),
        made("ListLocations", {"pageSize": 2}),
        made("ListItems", {"pageSize": 2}),
        made("ListRateCards", {"pageSize": 2, "headersOnly": True}),
        made("GetLocation", {"id": "reno"}),
        made("GetItem", {"id": "mug"}),
        made("GetRateCard", {"id": card_id}),
    )


def _trial(kind: type[Message]) -> Message:
    request: Any = kind(yaml=RULES)
    order = allocate_request({"mug": "1"})
    order.options.solve_budget.nanos = 20_000_000
    request.orders.add().CopyFrom(order)
    return request  # type: ignore[no-any-return]

"""`routing.v1.NetworkService`: locations, items and rate cards."""

from __future__ import annotations

from typing import Any

from allocation.errors import UnknownItemError, UnknownLocationError, UnknownRateCardError
from allocation.server.codec.findings import shown
from allocation.server.counted_items import WithLevels
from allocation.server.limits import RequestLimits
from allocation.server.network_store import NetworkStore
from allocation.server.paging import page
from allocation.server.put_cartons import put_cartons
from allocation.server.put_exchange_rates import put_exchange_rates
from allocation.server.put_items import put_items
from allocation.server.put_locations import put_locations
from allocation.server.put_rate_cards import put_rate_cards
from allocation.server.worker_pool import WorkerPool
from routing.v1 import network_service_pb2 as pb
from routing.v1 import network_service_pb2_grpc, rate_card_pb2


class NetworkServicer(network_service_pb2_grpc.NetworkServiceServicer):
    """Serves the network.

    Parameters
    ----------
    store
        Holds it.
    pool
        Where puts are checked; lists and gets are quick enough for the event loop.
    limits
        Most entities of one put.
    counted
        Says which items have levels that must keep their meaning.
    """

    def __init__(
        self, store: NetworkStore, pool: WorkerPool, limits: RequestLimits, counted: WithLevels
    ) -> None:
        self._counted = counted
        self._store = store
        self._pool = pool
        self._limits = limits

    async def PutLocations(  # noqa: N802
        self,
        request: pb.PutLocationsRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.PutLocationsResponse:
        """Add or replace stock locations."""
        self._limits.check("locations", len(request.locations))
        result = await self._pool.run(
            lambda: self._store.put(
                lambda state, findings: put_locations(state, request.locations, findings),
                validate_only=request.validate_only,
            )
        )
        return pb.PutLocationsResponse(
            network_version=result.network_version, warnings=result.warnings
        )

    async def PutItems(  # noqa: N802
        self,
        request: pb.PutItemsRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.PutItemsResponse:
        """Add or replace inventory items and kits."""
        self._limits.check("items", len(request.items))
        result = await self._pool.run(
            lambda: self._store.put(
                lambda state, findings: put_items(state, request.items, findings, self._counted),
                validate_only=request.validate_only,
            )
        )
        return pb.PutItemsResponse(network_version=result.network_version, warnings=result.warnings)

    async def PutRateCards(  # noqa: N802
        self,
        request: pb.PutRateCardsRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.PutRateCardsResponse:
        """Add or replace rate cards and zone charts."""
        self._limits.check("rate_cards", len(request.rate_cards))
        result = await self._pool.run(
            lambda: self._store.put(
                lambda state, findings: put_rate_cards(
                    state,
                    request.rate_cards,
                    request.zone_charts,
                    request.transit_tables,
                    findings,
                ),
                validate_only=request.validate_only,
            )
        )
        return pb.PutRateCardsResponse(
            network_version=result.network_version, warnings=result.warnings
        )

    async def PutCartons(  # noqa: N802
        self,
        request: pb.PutCartonsRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.PutCartonsResponse:
        """Replace the cartons."""
        result = await self._pool.run(
            lambda: self._store.put(
                lambda state, findings: put_cartons(state, request.cartons, findings),
                validate_only=request.validate_only,
            )
        )
        return pb.PutCartonsResponse(
            network_version=result.network_version, warnings=result.warnings
        )

    async def PutExchangeRates(  # noqa: N802
        self,
        request: pb.PutExchangeRatesRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.PutExchangeRatesResponse:
        """Replace currency and exchange rates."""
        result = await self._pool.run(
            lambda: self._store.put(
                lambda state, findings: put_exchange_rates(state, request, findings),
                validate_only=request.validate_only,
            )
        )
        return pb.PutExchangeRatesResponse(
            network_version=result.network_version, warnings=result.warnings
        )

    async def ListCartons(  # noqa: N802
        self,
        request: pb.ListCartonsRequest,  # noqa: ARG002
        context: Any,  # noqa: ARG002
    ) -> pb.ListCartonsResponse:
        """List the cartons by id."""
        cartons = self._store.state.cartons or {}
        return pb.ListCartonsResponse(cartons=[cartons[each] for each in sorted(cartons)])

    async def ListLocations(  # noqa: N802
        self,
        request: pb.ListLocationsRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ListLocationsResponse:
        """List stock locations by id."""
        state = self._store.state
        found, token = page(
            state.location_ids,
            request.page_size,
            request.page_token,
            state.locations.__getitem__,
        )
        return pb.ListLocationsResponse(locations=found, next_page_token=token)

    async def ListItems(  # noqa: N802
        self,
        request: pb.ListItemsRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ListItemsResponse:
        """List inventory items by id."""
        state = self._store.state
        found, token = page(
            state.item_ids, request.page_size, request.page_token, state.items.__getitem__
        )
        return pb.ListItemsResponse(items=found, next_page_token=token)

    async def ListRateCards(  # noqa: N802
        self,
        request: pb.ListRateCardsRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ListRateCardsResponse:
        """List rate cards by id."""
        state = self._store.state
        headers = state.rate_card_header if request.headers_only else state.rate_cards.__getitem__
        found, token = page(state.rate_card_ids, request.page_size, request.page_token, headers)
        return pb.ListRateCardsResponse(rate_cards=found, next_page_token=token)

    async def GetLocation(  # noqa: N802
        self,
        request: pb.GetLocationRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.GetLocationResponse:
        """Return one stock location."""
        found = self._store.state.locations.get(request.id)
        if found is None:
            message = f"no location {shown(request.id)} is registered; put it with PutLocations"
            raise UnknownLocationError(message, {"locations": request.id})
        return pb.GetLocationResponse(location=found)

    async def GetItem(  # noqa: N802
        self,
        request: pb.GetItemRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.GetItemResponse:
        """Return one inventory item."""
        found = self._store.state.items.get(request.id)
        if found is None:
            message = f"no item {shown(request.id)} is registered; put it with PutItems"
            raise UnknownItemError(message, {"items": request.id})
        return pb.GetItemResponse(item=found)

    async def GetRateCard(  # noqa: N802
        self,
        request: pb.GetRateCardRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.GetRateCardResponse:
        """Return one rate card."""
        found: rate_card_pb2.RateCard | None = self._store.state.rate_cards.get(request.id)
        if found is None:
            message = f"no rate card {shown(request.id)} is registered; put it with PutRateCards"
            raise UnknownRateCardError(message, {"rate_cards": request.id})
        return pb.GetRateCardResponse(rate_card=found)

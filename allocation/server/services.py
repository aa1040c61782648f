"""Which services a server has, and what they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from google.protobuf.descriptor import FileDescriptor
from grpc import aio

from allocation.server.allocating import Allocating
from allocation.server.allocation_servicer import AllocationServicer
from allocation.server.counted_items import with_levels
from allocation.server.environment import Environment
from allocation.server.explaining import Explaining
from allocation.server.gathered_writes import GatheredWrites
from allocation.server.holding import Holding
from allocation.server.inline_network import InlineNetworks
from allocation.server.network_servicer import NetworkServicer
from allocation.server.plan_calls import PlanCalls
from allocation.server.planning import Planning
from allocation.server.planning_lanes import PlanningLanes
from allocation.server.reallocating import Reallocating
from allocation.server.recalling import Recalling
from allocation.server.recorded import RecordedDecisions
from allocation.server.replaying import Replaying
from allocation.server.request_decoder import RequestDecoder
from allocation.server.resources import Resources
from allocation.server.rule_calls import RuleCalls
from allocation.server.rule_servicer import RuleServicer
from allocation.server.rule_trial import RuleTrial
from allocation.server.settings import ServerSettings
from allocation.server.stock_calls import StockCalls
from allocation.server.stock_feed import StockFeed
from allocation.server.stock_servicer import StockServicer
from allocation.v1 import (
    allocation_service_pb2,
    allocation_service_pb2_grpc,
    rule_service_pb2,
    rule_service_pb2_grpc,
    stock_service_pb2,
    stock_service_pb2_grpc,
)
from routing.v1 import network_service_pb2, network_service_pb2_grpc

FILES: Final[tuple[FileDescriptor, ...]] = (
    allocation_service_pb2.DESCRIPTOR,
    network_service_pb2.DESCRIPTOR,
    rule_service_pb2.DESCRIPTOR,
    stock_service_pb2.DESCRIPTOR,
)
"""Files of the contract that declare services."""

SERVICES: Final = tuple(
    str(service.full_name) for file in FILES for service in file.services_by_name.values()
)
"""Full names of the contract's services."""


def add_services(
    server: aio.Server, settings: ServerSettings, environment: Environment, resources: Resources
) -> None:
    """Add every service of the contract to a server."""
    limits = settings.limits
    planning = Planning(
        planner=environment.planner,
        store=resources.network,
        stock=resources.stock,
        decoder=RequestDecoder(limits, InlineNetworks(limits), resources.rule_sets),
        now=environment.now,
        shipped_digest=resources.shipped_digest,
    )
    made = _planning_parts(planning, environment, resources)
    allocation_service_pb2_grpc.add_AllocationServiceServicer_to_server(
        _allocation_servicer(made, settings, environment, resources), server
    )
    network_service_pb2_grpc.add_NetworkServiceServicer_to_server(
        NetworkServicer(
            resources.network,
            resources.network_pool,
            limits,
            with_levels(resources.store.ledger, environment.now),
        ),
        server,
    )
    stock_service_pb2_grpc.add_StockServiceServicer_to_server(
        _stock_servicer(made.reallocating, settings, environment, resources), server
    )
    rule_service_pb2_grpc.add_RuleServiceServicer_to_server(
        RuleServicer(
            RuleCalls(
                resources.store.rules,
                resources.network,
                environment.planner,
                resources.rule_sets,
                environment.now,
            ),
            RuleTrial(planning, resources.rule_sets),
            resources.rule_pool,
            resources.planning_pool,
            environment.clock,
        ),
        server,
    )


@dataclass(frozen=True, slots=True)
class _PlanningParts:
    """What plans, and what several services need of it."""

    planning: Planning
    lanes: PlanningLanes
    writes: GatheredWrites
    holding: Holding
    reallocating: Reallocating


def _planning_parts(
    planning: Planning, environment: Environment, resources: Resources
) -> _PlanningParts:
    store, stock, pool = resources.store, resources.stock, resources.stock_pool
    lanes = PlanningLanes(resources.quick_lane, resources.planning_pool, stock.has_any_lots)
    writes = GatheredWrites(store.ledger, environment.clock, resources.hold_changes)
    holding = Holding(planning, lanes, pool, store.ledger, writes)
    resources.intake.stuck = holding.stuck
    reallocating = Reallocating(
        holding, store.ledger, store.decisions, stock, pool, environment.now
    )
    return _PlanningParts(planning, lanes, writes, holding, reallocating)


def _allocation_servicer(
    made: _PlanningParts,
    settings: ServerSettings,
    environment: Environment,
    resources: Resources,
) -> AllocationServicer:
    planning, store, stock, now = made.planning, resources.store, resources.stock, environment.now
    pool = resources.planning_pool
    recorded = RecordedDecisions(planning, resources.rule_sets, store, now)
    return AllocationServicer(
        Allocating(
            planning,
            made.lanes,
            made.holding,
            resources.geocoding,
            resources.live_rating,
            store.decisions if settings.record_plans else None,
        ),
        PlanCalls(store.ledger, made.writes, stock, resources.stock_pool, resources.network, now),
        made.reallocating,
        Replaying(recorded, environment.planner, pool),
        Explaining(recorded, environment.planner, pool),
        environment.clock,
    )


def _stock_servicer(
    reallocating: Reallocating,
    settings: ServerSettings,
    environment: Environment,
    resources: Resources,
) -> StockServicer:
    ledger, network, now = resources.store.ledger, resources.network, environment.now
    return StockServicer(
        StockCalls(ledger, network, settings.limits, now),
        lambda: StockFeed(ledger, network, settings.limits, now),
        resources.watch,
        Recalling(
            reallocating, ledger, network, resources.stock, resources.stock_pool, environment.now
        ),
        resources.stock,
        resources.stock_pool,
        environment.clock,
    )

"""Planning requests: an order, the stock, the network and how to plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allocation.engine_api import Baseline, PlanningRequest
from allocation.errors import NotImplementedYetError
from allocation.server.codec.baseline import decode_baseline
from allocation.server.codec.findings import Findings
from allocation.server.codec.kits import check_parts, parts_of
from allocation.server.codec.money import MoneyReader
from allocation.server.codec.names import Names
from allocation.server.codec.order import decode_order
from allocation.server.codec.policy import (
    decode_alternatives,
    decode_policy,
    decode_solve_budget,
)
from allocation.server.codec.stock import decode_stock
from allocation.server.codec.text import decode_currency, decode_word
from allocation.server.codec.times import decode_duration
from allocation.server.inline_network import InlineNetworks
from allocation.server.limits import RequestLimits
from allocation.server.network_state import NetworkState
from allocation.server.not_implemented import HOLD, LEDGER_STOCK, LOTS_AND_SERIALS
from allocation.server.rule_sets import PRESETS, DEFAULT_RULE_SET, rule_set
from allocation.v1 import allocation_service_pb2
from routing.network import Network
from routing.order import Order
from routing.v1 import order_pb2

MOST_TTL_S: Final = 86_400

PlanningMessage = allocation_service_pb2.AllocateRequest | allocation_service_pb2.QuoteRequest

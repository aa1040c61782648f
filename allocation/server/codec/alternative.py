"""Other plans for the same order, and the caller's own choice beside ours."""

from __future__ import annotations

from typing import Final

from allocation.plan import Alternative, AlternativeKind, BaselineComparison
from allocation.server.codec.cost import encode_cost
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.money import encode_money
from allocation.server.codec.proof import encode_proof
from allocation.server.codec.shipment import NamesOnCard, delivery_dates, encode_shipment
from allocation.server.codec.times import encode_date
from allocation.v1 import alternative_pb2

ALTERNATIVE_KINDS: Final = EnumTable(
    alternative_pb2.AlternativeKind, "ALTERNATIVE_KIND", AlternativeKind
)


def encode_alternative(
    alternative: Alternative, currency: str, names: NamesOnCard
) -> alternative_pb2.Alternative:
    """Return an alternative."""
    message = alternative_pb2.Alternative(
        kinds=[ALTERNATIVE_KINDS.encode(kind) for kind in alternative.kinds],
        cost=encode_cost(alternative.cost, currency),
        shipments=[encode_shipment(each, currency, names) for each in alternative.shipments],
        proof=encode_proof(alternative.proof, currency),
    )
    _, latest = delivery_dates(alternative.shipments)
    if latest is not None:
        message.latest_delivery_date.CopyFrom(encode_date(latest))
    return message


def encode_comparison(
    baseline: BaselineComparison, currency: str
) -> alternative_pb2.BaselineComparison:
    """Return the caller's choice beside ours."""
    message = alternative_pb2.BaselineComparison(
        label=baseline.label, shipments=baseline.shipments, problems=baseline.problems
    )
    if baseline.cost is not None:
        message.cost.CopyFrom(encode_cost(baseline.cost, currency))
    if baseline.saving_minor is not None:
        message.saving.CopyFrom(encode_money(baseline.saving_minor, currency))
    return message

"""A checkout: hold, pay, commit; or give the stock back.

python examples/python/checkout.py ITEM QUANTITY POSTAL_CODE [--decline]
"""

from __future__ import annotations

import os
import sys
from uuid import uuid4

from allocation.client import Client, ConflictError, Connection, ServiceError
from allocation.v1 import allocation_service_pb2 as pb


def order(item: str, quantity: str, postal_code: str) -> pb.AllocateRequest:
    """Return a request to plan an order of one line and hold its stock for ten minutes."""
    request = pb.AllocateRequest(
        # Kept with the cart: the same checkout asks with the same id, however often it asks.
        request_id=f"cart-{uuid4()}",
        mode=pb.ALLOCATE_MODE_HOLD,
    )
    request.hold_ttl.seconds = 600
    request.order.id = "order-1001"
    request.order.destination.address.region_code = "US"
    request.order.destination.address.postal_code = postal_code
    request.order.lines.add(id="line-1", inventory_item_id=item).quantity.value = quantity
    return request


def pay(amount: str, *, decline: bool) -> bool:
    """Stand in for a payment provider."""
    print(f"payment of {amount}: {'declined' if decline else 'accepted'}")
    return not decline


def main(item: str, quantity: str, postal_code: str, *, decline: bool) -> int:
    """Check out; 0 if the order is placed."""
    target = os.environ.get("SHIPFROM_TARGET", "127.0.0.1:50051")
    connection = Connection.from_environment(target, os.environ)
    with Client(connection, timeout_s=5) as client:
        plan = client.allocation.allocate(order(item, quantity, postal_code)).plan
        for row in plan.reservations:
            print(f"held {row.quantity.value} x {row.inventory_item_id} at {row.location_id}")
        for line in plan.unfilled:
            # Not an error: the plan says what is missing, and why.
            print(f"missing of {line.line_id}: {line.detail}")
        cost = plan.cost.total
        if plan.unfilled or not pay(f"{cost.units}.{cost.nanos // 10**7:02}", decline=decline):
            client.allocation.release_plan(pb.ReleasePlanRequest(plan_id=plan.id))
            print("released")
            return 1
        client.allocation.commit_plan(pb.CommitPlanRequest(plan_id=plan.id))
        print("committed")
    return 0


if __name__ == "__main__":
    words = [each for each in sys.argv[1:] if each != "--decline"]
    if len(words) != 3:
        print("usage: checkout.py ITEM QUANTITY POSTAL_CODE [--decline]", file=sys.stderr)
        sys.exit(2)
    try:
        sys.exit(main(*words, decline="--decline" in sys.argv))
    except ConflictError:
        sys.exit("others were faster, again and again: ask the shopper to try once more")
    except ServiceError as error:
        sys.exit(f"{error.reason or error.code.name}: {error.message}")

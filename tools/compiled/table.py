"""Which modules are compiled, and why others are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

PACKAGES: Final = ("allocation", "routing")

COMPILED: Final = (
    "allocation/build_kind.py",
    "allocation/capacity_takes.py",
    "allocation/chosen.py",
    "allocation/cost_breakdown.py",
    "allocation/digest.py",
    "allocation/engine.py",
    "allocation/engine_api.py",
    "allocation/ledger/answers.py",
    "allocation/ledger/columns.py",
    "allocation/ledger/core/batch.py",
    "allocation/ledger/core/batch_store.py",
    "allocation/ledger/core/batch_transaction.py",
    "allocation/ledger/core/book.py",
    "allocation/ledger/core/capacity.py",
    "allocation/ledger/core/claiming.py",
    "allocation/ledger/core/execute.py",
    "allocation/ledger/core/holding.py",
    "allocation/ledger/core/jobs.py",
    "allocation/ledger/core/key_check.py",
    "allocation/ledger/core/shared.py",
    "allocation/ledger/core/waiting.py",
    "allocation/ledger/dense_rows.py",
    "allocation/ledger/entry.py",
    "allocation/ledger/hold.py",
    "allocation/ledger/instants.py",
    "allocation/ledger/level.py",
    "allocation/ledger/location_numbers.py",
    "allocation/ledger/picture.py",
    "allocation/ledger/postgres/arrays.py",
    "allocation/ledger/postgres/queries.py",
    "allocation/ledger/postgres/transaction.py",
    "allocation/ledger/replies.py",
    "allocation/ledger/rows.py",
    "allocation/ledger/sqlite/many.py",
    "allocation/ledger/sqlite/transaction.py",
    "allocation/ledger/view.py",
    "allocation/optimize/api.py",
    "allocation/optimize/cheapest_partition.py",
    "allocation/optimize/few_lines.py",
    "allocation/optimize/ladder.py",
    "allocation/optimize/location_amounts.py",
    "allocation/optimize/location_prices.py",
    "allocation/optimize/solution.py",
    "allocation/optimize/usual_order.py",
    "allocation/optimize/verify.py",
    "allocation/optimize/verify_parcels.py",
    "allocation/optimize/verify_supply.py",
    "allocation/plan.py",
    "allocation/plan_id.py",
    "allocation/render.py",
    "allocation/render_parcels.py",
    "allocation/reserve.py",
    "allocation/server/begun_now.py",
    "allocation/server/budget.py",
    "allocation/server/calls.py",
    "allocation/server/codec/answer.py",
    "allocation/server/codec/cost.py",
    "allocation/server/codec/decimal.py",
    "allocation/server/codec/decision.py",
    "allocation/server/codec/findings.py",
    "allocation/server/codec/plain_order.py",
    "allocation/server/codec/plain_parts.py",
    "allocation/server/codec/plain_request.py",
    "allocation/server/codec/plan.py",
    "allocation/server/codec/proof.py",
    "allocation/server/codec/recorded_stock.py",
    "allocation/server/codec/shipment.py",
    "allocation/server/codec/times.py",
    "allocation/server/codec/wire.py",
    "allocation/server/environment.py",
    "allocation/server/intake.py",
    "allocation/server/interceptors/access_log.py",
    "allocation/server/interceptors/permission.py",
    "allocation/server/interceptors/recorder.py",
    "allocation/server/interceptors/telling.py",
    "allocation/server/left_out.py",
    "allocation/server/log_line.py",
    "allocation/server/metrics/children.py",
    "allocation/server/metrics/metrics.py",
    "allocation/server/metrics/sums.py",
    "allocation/server/network_state.py",
    "allocation/server/network_store.py",
    "allocation/server/order_size.py",
    "allocation/server/plan_note.py",
    "allocation/server/planning.py",
    "allocation/server/proposal.py",
    "allocation/server/request_decoder.py",
    "allocation/server/rule_sets.py",
    "allocation/server/stock_follower.py",
    "allocation/server/waiting_rows.py",
    "allocation/unfilled.py",
    "routing/geo/coordinates.py",
    "routing/item.py",
    "routing/lazy.py",
    "routing/location_facts.py",
    "routing/memo.py",
    "routing/network.py",
    "routing/order.py",
    "routing/parcels/packing.py",
    "routing/quantity.py",
    "routing/rating/card_book.py",
    "routing/rating/dimensional.py",
    "routing/rating/explain.py",
    "routing/rating/rate_card.py",
    "routing/rating/rate_steps.py",
    "routing/rating/surcharge.py",
    "routing/rating/tariff.py",
    "routing/rating/trigger.py",
    "routing/sourcing/build.py",
    "routing/sourcing/charges.py",
    "routing/sourcing/lane_starts.py",
    "routing/sourcing/lanes.py",
    "routing/sourcing/pieces.py",
    "routing/sourcing/policy.py",
    "routing/sourcing/problem.py",
    "routing/sourcing/resolve.py",
    "routing/sourcing/room.py",
    "routing/sourcing/ruling.py",
    "routing/sourcing/stock.py",
    "routing/sourcing/stock_row.py",
    "routing/sourcing/tier.py",
    "routing/sourcing/usual/build.py",
    "routing/sourcing/usual/lines.py",
    "routing/sourcing/usual/sheet.py",
    "routing/sourcing/usual/terms.py",
    "routing/sourcing/usual_order.py",
    "routing/sourcing/ways.py",
)
"""Patterns of paths. What planning a usual order and holding it run through belongs here:
elsewhere, a compiled module buys nothing and costs a second of the build."""

_COROUTINES: Final = "compiled coroutines destroy memory when calls end with errors (mypy 2.4)"

LEFT_OUT: Final[dict[str, str]] = {
    "allocation/server/allocating.py": _COROUTINES,
    "allocation/server/looking_again.py": _COROUTINES,
    "allocation/server/planning_lanes.py": _COROUTINES,
    "allocation/server/quick_lane.py": _COROUTINES,
    "routing/rules/deciding.py": "its `cached_property` needs instances with a `__dict__`",
}
"""Patterns of paths that planning runs through, too, and why they stay Python."""


def compiled_files(root: Path) -> list[str]:
    """Return the paths of the modules that are compiled, below a root, in order.

    Raises
    ------
    LookupError
        If a pattern is of no file: it was renamed, and would silently stay Python.
    """
    chosen = set(_files(root, COMPILED)) - set(_files(root, tuple(LEFT_OUT)))
    return sorted(chosen)


def _files(root: Path, patterns: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        found = [path.relative_to(root).as_posix() for path in root.glob(pattern)]
        if not found:
            raise LookupError(
                f"tools/compiled/table.py names {pattern}, and there is no such file in {root}; "
                "correct the table"
            )
        yield from found

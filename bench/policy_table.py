"""The policies that are compared: how commerce systems choose, none of which looks at prices.

Ties of distance go to the smaller id; lines are served in the sequence of the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allocation.demo.policies import (
    PolicyFunction,
    fewest_then_nearest,
    first_location,
    nearest,
)
from bench.policy_units import fewest_splits, take_in_order, take_nearest_first

SHIPFROM: Final = "shipfrom"
SHIPFROM_SPLIT: Final = "shipfrom_split"


@dataclass(frozen=True, slots=True)
class BenchPolicy:
    """A policy of the comparison.

    Attributes
    ----------
    by_rank
        Whether it sees the locations by the merchant's rank; else by id.
    splits
        Whether units of one line may leave several locations.
    says
        What it does, for the reader of the table.
    """

    name: str
    choose: PolicyFunction
    by_rank: bool
    splits: bool
    says: str


POLICIES: Final = (
    BenchPolicy(
        "first",
        first_location,
        by_rank=False,
        splits=False,
        says="each line from the first location by id that has all of it (Medusa)",
    ),
    BenchPolicy(
        "nearest",
        nearest,
        by_rank=False,
        splits=False,
        says="each line from the nearest location that has all of it",
    ),
    BenchPolicy(
        "fewest_then_nearest",
        fewest_then_nearest,
        by_rank=False,
        splits=False,
        says="fewest locations that fill whole lines, then least total distance (like Shopify)",
    ),
    BenchPolicy(
        "ranked",
        take_in_order,
        by_rank=True,
        splits=True,
        says="by the merchant's rank, each location gives what it has (Magento priority)",
    ),
    BenchPolicy(
        "distance_order",
        take_nearest_first,
        by_rank=False,
        splits=True,
        says="from near to far, each location gives what it has (Magento distance priority)",
    ),
    BenchPolicy(
        "salesforce_fewest_splits",
        fewest_splits,
        by_rank=False,
        splits=True,
        says="smallest set of locations whose stock together fills it, then least mean distance",
    ),
)

NAMES: Final = (SHIPFROM, SHIPFROM_SPLIT, *(policy.name for policy in POLICIES))

SAYS: Final = {
    SHIPFROM: "least landed cost, whole lines",
    SHIPFROM_SPLIT: "least landed cost, lines may be split",
} | {policy.name: policy.says for policy in POLICIES}

SPLITS: Final = frozenset({SHIPFROM_SPLIT, *(policy.name for policy in POLICIES if policy.splits)})

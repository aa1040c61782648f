"""What is proven about a plan."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from allocation.optimize.solution import ProofStatus, Rung, SolveLimit
from allocation.plan import Proof
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.money import encode_money
from allocation.v1 import proof_pb2

STATUSES: Final = EnumTable(proof_pb2.ProofStatus, "PROOF_STATUS", ProofStatus)
RUNGS: Final = EnumTable(proof_pb2.SolverRung, "SOLVER_RUNG", Rung)
LIMITS: Final[Mapping[SolveLimit, proof_pb2.SolveLimit.ValueType]] = MappingProxyType(
    {
        SolveLimit.NONE: proof_pb2.SOLVE_LIMIT_UNSPECIFIED,
        SolveLimit.TIME: proof_pb2.SOLVE_LIMIT_TIME,
        SolveLimit.SIZE: proof_pb2.SOLVE_LIMIT_SIZE,
        SolveLimit.GREEDY_ONLY: proof_pb2.SOLVE_LIMIT_GREEDY_ONLY,
    }
)


def encode_proof(proof: Proof, currency: str) -> proof_pb2.Proof:
    """Return a proof."""
    return proof_pb2.Proof(
        status=STATUSES.encode(proof.status),
        lower_bound=encode_money(proof.lower_bound_minor, currency),
        objective=encode_money(proof.objective_minor, currency),
        gap=encode_money(proof.gap_minor, currency),
        gap_ppm=proof.gap_ppm,
        rung=RUNGS.encode(proof.rung),
        solver=proof.solver,
        limit=LIMITS[proof.limit],
        tiers=[
            proof_pb2.TierProof(name=tier.name, value=tier.value, lower_bound=tier.lower_bound)
            for tier in proof.tiers
        ],
    )

"""What is proven about a plan."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
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
    return proof_pb2.Proof.FromString(proof_bytes(proof, currency))


def proof_bytes(proof: Proof, currency: str) -> bytes:
    """Return the bytes of a proof."""
    content = (
        _status(proof.status)
        + _amounts(
            proof.lower_bound_minor,
            proof.objective_minor,
            proof.gap_minor,
            proof.gap_ppm,
            currency,
        )
        + _found(proof.rung, proof.solver, proof.limit)
    )
    for tier in proof.tiers:
        content += _tier(tier.name, tier.value, tier.lower_bound)
    return content


@lru_cache
def _status(status: ProofStatus) -> bytes:
    message = proof_pb2.Proof(status=STATUSES.encode(status))
    return message.SerializeToString(deterministic=True)


@lru_cache(maxsize=1 << 12)
def _amounts(lower: int, objective: int, gap: int, gap_ppm: int, currency: str) -> bytes:
    return proof_pb2.Proof(
        lower_bound=encode_money(lower, currency),
        objective=encode_money(objective, currency),
        gap=encode_money(gap, currency),
        gap_ppm=gap_ppm,
    ).SerializeToString(deterministic=True)


@lru_cache
def _found(rung: Rung, solver: str, limit: SolveLimit) -> bytes:
    message = proof_pb2.Proof(rung=RUNGS.encode(rung), solver=solver, limit=LIMITS[limit])
    return message.SerializeToString(deterministic=True)


@lru_cache(maxsize=1 << 12)
def _tier(name: str, value: int, lower_bound: int) -> bytes:
    tier = proof_pb2.TierProof(name=name, value=value, lower_bound=lower_bound)
    return proof_pb2.Proof(tiers=[tier]).SerializeToString(deterministic=True)

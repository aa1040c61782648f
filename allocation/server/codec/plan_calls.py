"""Calls about a stored plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from google.protobuf import duration_pb2

from allocation.ledger.commands import TakeStep
from allocation.ledger.states import Step
from allocation.server.codec.findings import Findings
from allocation.server.codec.fingerprint import fingerprint_of
from allocation.server.codec.stored_plan import revision_of_etag
from allocation.server.codec.text import decode_id, decode_prose, decode_word
from allocation.server.codec.times import decode_duration
from allocation.v1 import allocation_service_pb2 as pb
from routing.ids import LineId

MOST_TTL_S: Final = 86_400

StepMessage = (
    pb.CommitPlanRequest | pb.ReleasePlanRequest | pb.ExtendPlanRequest | pb.FulfillPlanRequest
)


def decode_plan_id(message: pb.GetPlanRequest | pb.ReplayPlanRequest | StepMessage) -> str:
    """Return the id of the plan that a call is about.

    Raises
    ------
    allocation.errors.InvalidRequestError
    """
    findings = Findings()
    plan_id = decode_id(message.plan_id, "plan_id", findings)
    findings.raise_if_refused()
    return plan_id


def decode_step(
    message: StepMessage,
    step: Step,
    now: datetime,
    *,
    line_ids: Sequence[str] = (),
    comment: str = "",
    hold_ttl: duration_pb2.Duration | None = None,
) -> TakeStep:
    """Return the write that a call asks for.

    Parameters
    ----------
    hold_ttl
        For EXTEND.

    Raises
    ------
    allocation.errors.InvalidRequestError
    """
    findings = Findings()
    decode_id(message.plan_id, "plan_id", findings)
    decode_word(message.request_id, "request_id", findings)
    decode_word(message.etag, "etag", findings)
    for index, line_id in enumerate(line_ids):
        decode_id(line_id, f"line_ids[{index}]", findings)
    decode_prose(comment, "comment", findings)
    lasts: timedelta | None = None
    if hold_ttl is not None:
        lasts = decode_duration(hold_ttl, "hold_ttl", findings, 1, MOST_TTL_S)
    findings.raise_if_refused()
    return TakeStep(
        now=now,
        request_id=message.request_id,
        step=step,
        plan_id=message.plan_id,
        lines=tuple(LineId(line_id) for line_id in line_ids),
        expire_time=None if lasts is None else now + lasts,
        if_revision=revision_of_etag(message.etag),
        comment=comment,
        caller_fingerprint=fingerprint_of(message),
    )

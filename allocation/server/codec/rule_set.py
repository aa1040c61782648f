"""Rule sets as messages."""

from __future__ import annotations

from typing import Final

from allocation.rule_store import Activation, RuleState, StoredRules
from allocation.server.codec.times import encode_time
from allocation.v1 import rule_service_pb2
from routing.rules import Finding, Severity
from routing.v1 import rule_set_pb2 as pb

_STATES: Final = {
    RuleState.DRAFT: pb.RULE_SET_STATE_DRAFT,
    RuleState.ACTIVE: pb.RULE_SET_STATE_ACTIVE,
    RuleState.RETIRED: pb.RULE_SET_STATE_RETIRED,
}
_SEVERITIES: Final = {
    Severity.ERROR: pb.RULE_FINDING_SEVERITY_ERROR,
    Severity.WARNING: pb.RULE_FINDING_SEVERITY_WARNING,
}


def encode_rules(stored: StoredRules) -> pb.RuleSetRevision:
    """Return a revision; its text is absent where it was not read."""
    message = pb.RuleSetRevision(
        revision=stored.revision,
        state=_STATES[stored.state],
        yaml=stored.text,
        author=stored.author,
        comment=stored.comment,
        etag=stored.etag,
    )
    message.create_time.CopyFrom(encode_time(stored.create_time))
    if stored.activate_time is not None:
        message.activate_time.CopyFrom(encode_time(stored.activate_time))
    return message


def encode_activation(activation: Activation) -> rule_service_pb2.RuleActivation:
    """Return one entry of the record of activations."""
    message = rule_service_pb2.RuleActivation(
        number=activation.number,
        revision=activation.revision,
        author=activation.author,
        comment=activation.comment,
    )
    message.activate_time.CopyFrom(encode_time(activation.time))
    return message


def encode_finding(finding: Finding, *, in_cases: bool = False) -> pb.RuleFinding:
    """Return what a check found."""
    return pb.RuleFinding(
        severity=_SEVERITIES[finding.severity],
        path=finding.path,
        line=finding.line,
        column=finding.column,
        message=finding.message,
        in_cases=in_cases,
    )

"""The table of reasons and the statuses built from it."""

from __future__ import annotations

import re
from pathlib import Path

import grpc
import pytest
from google.rpc import error_details_pb2

from allocation.errors import EngineError, InvalidRequestError, OverloadedError
from allocation.server.errors import ANSWERS, DOMAIN, build_status, incident_status, status_of
from allocation.v1 import error_reason_pb2
from routing.errors import Violation

CATALOGUE = Path("protos/allocation/v1/error_reason.proto")
REASONS = [
    name.removeprefix("ERROR_REASON_")
    for name, _ in error_reason_pb2.ErrorReason.items()
    if not name.endswith("_UNSPECIFIED")
]


def test_every_reason_of_the_catalogue_has_an_answer_and_no_other() -> None:
    assert set(ANSWERS) == set(REASONS)


@pytest.mark.parametrize("reason", REASONS)
def test_the_code_is_the_one_that_the_contract_states(reason: str) -> None:
    root = Path(__file__).resolve().parents[3]
    text = (root / CATALOGUE).read_text(encoding="utf-8")
    comment = re.search(rf"((?:  // .*\n)+)  ERROR_REASON_{reason} = ", text)
    assert comment is not None
    stated = comment.group(1).removeprefix("  // ").split(".")[0].split(",")[0].strip()
    assert ANSWERS[reason].code is grpc.StatusCode[stated]
    assert (ANSWERS[reason].retry_delay_ms is not None) == ("with RetryInfo" in comment.group(1))


def test_every_error_of_the_engine_has_an_answer() -> None:
    for error_type in EngineError.__subclasses__():
        assert error_type.reason in ANSWERS


def test_a_status_carries_reason_domain_and_metadata() -> None:
    status = status_of(OverloadedError("too many calls", {"threads": "2"}))
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    assert status.code == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]
    assert status.details[0].Unpack(info)
    assert (info.reason, info.domain, dict(info.metadata)) == (
        "OVERLOADED",
        DOMAIN,
        {"threads": "2"},
    )
    assert status.details[1].Unpack(retry)
    assert retry.retry_delay.ToMilliseconds() > 0


@pytest.mark.parametrize("text", ["x", "\u6f22", "\U0001f4a9", "\x00"])
def test_a_status_fits_into_trailers_whatever_it_says(text: str) -> None:
    violations = [Violation(f"{text * 3_000}[{n}]", text * 10_000) for n in range(1_000)]
    status = build_status("INVALID_REQUEST", text * 9_999, {"items": text * 100_000}, violations)
    trailers = 4 / 3 * status.ByteSize() + 3 * len(status.message.encode())
    assert trailers < 8 * 1024 - 500


def test_violations_that_do_not_fit_are_counted() -> None:
    error = InvalidRequestError([Violation(f"lines[{n}].quantity", "is 0") for n in range(900)])
    status = status_of(error)
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    assert status.details[0].Unpack(info)
    assert status.details[1].Unpack(bad)
    assert info.metadata["violations"] == "900"
    assert int(info.metadata["violations_shown"]) == len(bad.field_violations) > 50


def test_all_violations_are_there_when_they_fit() -> None:
    found = [Violation(f"lines[{n}].quantity", "is 0; give more") for n in range(40)]
    bad = error_details_pb2.BadRequest()
    assert status_of(InvalidRequestError(found)).details[1].Unpack(bad)
    assert [each.field for each in bad.field_violations] == [each.path for each in found]


def test_a_bug_is_answered_with_an_id_and_nothing_else() -> None:
    status = incident_status("abc123")
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert dict(info.metadata) == {"incident_id": "abc123"}
    assert "abc123" in status.message

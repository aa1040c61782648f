"""Entries are the JSON that Python's encoder writes, in one printable line."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.server.log_line import _KEYS, json_lines

_VALUES = st.one_of(
    st.text(),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.integers(), max_size=3),
    st.just(datetime(2026, 3, 1, tzinfo=UTC)),
)


@given(
    st.dictionaries(st.text(), _VALUES, max_size=3),
    st.lists(st.dictionaries(st.text(), _VALUES, max_size=6), max_size=3),
)
def test_lines_are_what_the_encoder_writes_where_that_is_printable(
    head: dict[str, object], entries: list[dict[str, object]]
) -> None:
    lines = json_lines(head, entries)
    assert len(lines) == len(entries)
    for line, entry in zip(lines, entries, strict=True):
        whole = {**head, **entry}
        usual = json.dumps(whole, default=str, ensure_ascii=False)
        assert line == (usual if usual.isprintable() else json.dumps(whole, default=str))
        assert line.isprintable()


@pytest.mark.parametrize("text", ["\x1b[2J", "\x7f", "\u2028", "\ud800", "a\nb"])
def test_what_would_leave_the_line_or_reach_a_terminal_is_escaped(text: str) -> None:
    (line,) = json_lines({}, [{"call_id": text}])
    assert line.isprintable()
    assert line.isascii()
    assert json.loads(line) == {"call_id": text}


def test_keys_are_remembered_up_to_a_number() -> None:
    json_lines({}, [{f"key-{number}": 1} for number in range(1_000)])
    assert len(_KEYS) <= 256
    assert json_lines({}, [{"key-999": 2}]) == ['{"key-999": 2}']

"""Entries are the JSON that Python's encoder writes, in one printable line."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.server.log_line import json_line

_VALUES = st.one_of(
    st.text(),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.integers(), max_size=3),
    st.just(datetime(2026, 3, 1, tzinfo=UTC)),
)


@given(st.dictionaries(st.text(), _VALUES, max_size=6))
def test_a_line_is_what_the_encoder_writes_where_that_is_printable(
    entry: dict[str, object],
) -> None:
    line = json_line(entry)
    whole = json.dumps(entry, default=str, ensure_ascii=False)
    if whole.isprintable():
        assert line == whole
    else:
        assert line.isprintable()
        assert line == json.dumps(entry, default=str)


@pytest.mark.parametrize("text", ["\x1b[2J", "\x7f", "\u2028", "\ud800", "a\nb"])
def test_what_would_leave_the_line_or_reach_a_terminal_is_escaped(text: str) -> None:
    line = json_line({"call_id": text})
    assert line.isprintable()
    assert line.isascii()
    assert json.loads(line) == {"call_id": text}

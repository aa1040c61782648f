"""What is written as an array in one go is what PostgreSQL reads."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from allocation.ledger.postgres.arrays import array_of, text_array

ODD = [
    "",
    " ",
    "a,b",
    "{}",
    '"',
    "\\",
    "back\\slash",
    "null",
    "NULL",
    "a\nb",
    "\t\r\b\f\x01",
    "é€🙂",
]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", ODD),
        ("text", ["plain", "NULL", "null", "{a}", "a b", "é€🙂", "\x7f"]),
        ("text", [None, "a"]),
        ("text", []),
        ("bigint", [0, -1, 2**62, None]),
        ("boolean", [True, False]),
        ("bytea", [b"", b"\x00\xff", bytes(range(256)), b'"\\{},']),
    ],
)
def test_an_array_comes_back_as_it_was(server: Any, kind: str, values: list[Any]) -> None:
    with psycopg.connect(server.dsn) as connection:
        found = connection.execute(f"SELECT %s::{kind}[]", (array_of(values),)).fetchone()
    assert found == (values,)


def test_texts_in_one_go_are_those_one_by_one(server: Any) -> None:
    with psycopg.connect(server.dsn) as connection:
        for text in ODD:
            found = connection.execute("SELECT %s::text[]", (text_array([text, "x"]),)).fetchone()
            assert found == ([text, "x"],)

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.geo.archive import pack, unpack
from routing.geo.text_column import TextColumn, encode_texts

ARRAYS = {"b": np.arange(5, dtype="<i4"), "a": np.array([b"x", b"yz"])}


def test_arrays_come_back_as_they_were() -> None:
    arrays = unpack(pack(ARRAYS))
    assert list(arrays) == ["a", "b"]
    for name, array in arrays.items():
        assert array.dtype == ARRAYS[name].dtype
        np.testing.assert_array_equal(array, ARRAYS[name])


def test_bytes_depend_on_neither_order_nor_hour() -> None:
    assert pack(ARRAYS) == pack(dict(reversed(ARRAYS.items())))
    with zipfile.ZipFile(io.BytesIO(pack(ARRAYS))) as archive:
        stamps = {(info.date_time, info.create_system) for info in archive.infolist()}
    assert stamps == {((1980, 1, 1, 0, 0, 0), 3)}


def test_objects_are_never_unpickled() -> None:
    out = io.BytesIO()
    np.savez(out, evil=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        unpack(out.getvalue())


@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))))
def test_texts_come_back_by_row_and_empty_ones_as_none(texts: list[str]) -> None:
    column = TextColumn(encode_texts(texts))
    assert [column[row] for row in range(len(column))] == [text or None for text in texts]


def test_a_text_with_a_line_feed_is_refused() -> None:
    with pytest.raises(ValueError, match="line feed"):
        encode_texts(["one", "two\nlines"])

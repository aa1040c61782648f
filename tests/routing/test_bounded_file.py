"""Files are read up to a limit, whatever they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.bounded_file import FileTooLargeError, read_bytes, read_text

MIB = 1 << 20


@pytest.mark.parametrize("size", [0, 1, MIB, 3 * MIB])
def test_a_file_of_exactly_the_limit_is_read_and_one_byte_more_is_not(
    tmp_path: Path, size: int
) -> None:
    file = tmp_path / "levels.json"
    file.write_bytes(b"x" * size)
    assert read_bytes(file, size) == b"x" * size
    file.write_bytes(b"x" * (size + 1))
    with pytest.raises(FileTooLargeError, match="split it") as refused:
        read_bytes(file, size)
    assert refused.value.filename == str(file)


def test_a_device_that_never_ends_is_refused() -> None:
    with pytest.raises(FileTooLargeError, match="more than 2 MiB"):
        read_bytes(Path("/dev/zero"), 2 * MIB)


def test_text_comes_as_python_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "levels.csv"
    file.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n\xc3\xa4")
    assert read_text(file) == "a\nb\nc\nä"
    file.write_bytes(b"a\xff")
    with pytest.raises(UnicodeDecodeError):
        read_text(file)

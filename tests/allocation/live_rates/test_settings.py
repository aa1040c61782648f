"""Live rates are off by default, and a key goes only where it is safe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from allocation.live_rates.settings import LiveRateSettings, open_live_rates, read_key
from routing.errors import InvalidInputError


def test_by_default_nobody_is_asked() -> None:
    assert open_live_rates(LiveRateSettings(), lambda: 0.0) is None


def test_a_provider_is_opened_with_the_key_in_its_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("EZTK123\n")
    settings = LiveRateSettings("easypost", "https://api.example.com/v2/", file)
    opened = open_live_rates(settings, lambda: 0.0)
    assert opened is not None
    assert opened.provider == type(opened.provider)("https://api.example.com/v2", "EZTK123")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "http://api.example.com/v2",
        "ftp://127.0.0.1",
        "https://u:p@host",
        "https://host/?a=b",
        "https://host/#x",
        "https://",
        "https://[::1",
        "https://ho st/",
        "https://host:99999/",
    ],
)
def test_an_address_where_the_key_would_not_be_safe_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="https address"):
        LiveRateSettings("easypost", url, tmp_path / "key")


@pytest.mark.parametrize("url", ["http://127.0.0.1:80", "http://[::1]/v2", "https://host/v2"])
def test_on_this_machine_a_key_needs_no_protection(url: str, tmp_path: Path) -> None:
    assert LiveRateSettings("easypost", url, tmp_path / "key").url == url


def test_all_problems_are_told_at_once() -> None:
    values: dict[str, Any] = {"provider": "shipp", "timeout_s": float("nan"), "failures": 0}
    with pytest.raises(InvalidInputError) as caught:
        LiveRateSettings(**values)
    paths = {each.path for each in caught.value.violations}
    assert paths == {"provider", "url", "key_file", "timeout_s", "failures"}


@pytest.mark.parametrize("content", [b"", b"two words", b"a\nb", b"\xff"])
def test_a_file_that_holds_no_key_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match="key_file"):
        read_key(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot read"):
        read_key(tmp_path / "none")

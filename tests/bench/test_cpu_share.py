"""Processes are limited to a part of a processor, and as before afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.harness import cpu_share
from bench.harness.cpu_share import NoShareError, limited


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def group_of(pid: int) -> str:
    lines = Path(f"/proc/{pid}/cgroup").read_text(encoding="ascii").splitlines()
    return next(path for _, kinds, path in (each.split(":") for each in lines) if kinds == "cpu")


def test_a_process_is_limited_and_let_go_of(process: subprocess.Popen[bytes]) -> None:
    try:
        with limited([process.pid], 0.25) as found:
            (group,) = found.groups
            quota, period = (
                int((group / f"cpu.cfs_{name}_us").read_text()) for name in ("quota", "period")
            )
            assert quota / period == 0.25
            assert group_of(process.pid) == f"/{group.name}"
            assert 0.0 <= found.waited_for_share() <= 1.0
    except NoShareError as error:
        pytest.skip(str(error))
    assert group_of(process.pid) == "/"
    assert not group.exists()


def test_where_that_cannot_be_it_is_said_and_nothing_is_left(
    process: subprocess.Popen[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cpu_share, "ROOT", tmp_path / "missing")
    with pytest.raises(NoShareError, match="cannot be limited"), limited([process.pid], 0.5):
        pass

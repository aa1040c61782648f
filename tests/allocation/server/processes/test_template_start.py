"""Templates are children of the supervisor, programs of their own or copies of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from allocation.server.processes.template_start import CopiedProcess

WAIT_S = 60.0

LOADED = """
import sys, threading
import allocation.cli.commands.serve
import allocation.cli.server_settings
import allocation.server.processes.supervisor

print([name for name in ("numpy", "prometheus_client", "grpc", "asyncio") if name in sys.modules])
print(threading.active_count())
"""


def test_the_supervisor_may_still_be_copied_when_it_begins() -> None:
    """What these libraries do at their import, variables decide that come with the copy."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=WAIT_S
    )
    assert done.stdout.split("\n")[:2] == ["[]", "1"]


@pytest.fixture
def sleeping() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


def test_a_copy_is_ended_and_says_how(sleeping: subprocess.Popen[bytes]) -> None:
    copied = CopiedProcess(sleeping.pid)
    assert copied.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        copied.wait(0.0)
    copied.kill()
    assert copied.wait(WAIT_S) == -signal.SIGKILL
    copied.kill()
    assert copied.poll() == -signal.SIGKILL
    sleeping.returncode = -signal.SIGKILL  # It was waited for here.


def test_a_copy_that_ends_by_itself_gives_its_exit_code() -> None:
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"])
    copied = CopiedProcess(process.pid)
    assert copied.wait(WAIT_S) == 7
    process.returncode = 7
    assert copied.wait(0.0) == 7
    with pytest.raises(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)

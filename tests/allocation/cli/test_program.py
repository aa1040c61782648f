"""The program as it is run from a shell."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allocation.cli import app
from allocation.cli.exit_codes import ExitCode
from allocation.demo.files import demo_directory
from tests.architecture.modules import ROOT

PROGRAM = (sys.executable, "-c", "from allocation.cli.app import main; main()")
ESCAPE = "\x1b["


def environment() -> dict[str, str]:
    """Return the environment without what forces or forbids colour."""
    forcing = {"FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "PY_COLORS"}
    kept = {name: value for name, value in os.environ.items() if name not in forcing}
    return kept | {"TERM": "xterm-256color", "COLUMNS": "200"}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=environment(),
        check=False,
    )


def run_on_terminal(*arguments: object) -> tuple[int, str, str]:
    """Run with stderr on a terminal; return exit code, stdout and what the terminal got."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=follower,
        text=True,
        cwd=ROOT,
        env=environment(),
    ) as process:
        os.close(follower)
        shown = b""
        while True:
            try:
                part = os.read(leader, 65_536)
            except OSError:  # how Linux says that the other end is closed
                break
            if not part:
                break
            shown += part
        assert process.stdout is not None
        out = process.stdout.read()
    os.close(leader)
    return process.returncode, out, shown.decode()


@pytest.fixture(scope="module")
def demo() -> subprocess.CompletedProcess[str]:
    return run("demo", "--orders", 20)


def test_the_demo_plans_and_compares(demo: subprocess.CompletedProcess[str]) -> None:
    assert demo.returncode == ExitCode.OK, demo.stderr
    for words in ("ShipFrom", "First location", "Nearest", "Fewest shipments, then nearest"):
        assert words in demo.stdout
    assert "Proven cheapest: 20 of 20 plans." in demo.stdout
    assert "demo-0001: 1 shipment" in demo.stdout


def test_piped_output_has_no_colours_and_no_progress_bar(
    demo: subprocess.CompletedProcess[str],
) -> None:
    assert ESCAPE not in demo.stdout + demo.stderr
    assert "planning" not in demo.stderr


def test_a_terminal_gets_a_progress_bar_and_stdout_stays_plain() -> None:
    code, out, shown = run_on_terminal("demo", "--orders", 20)
    assert code == ExitCode.OK, shown
    assert ESCAPE in shown
    assert "planning" in shown
    assert ESCAPE not in out


def test_help_is_plain_when_piped() -> None:
    assert ESCAPE not in run("--help").stdout


def test_a_fault_of_the_program_is_not_taken_for_an_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(app, "make_app", lambda _: broken)
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert ended.value.code == ExitCode.INTERNAL
    assert "RuntimeError: broken" in capsys.readouterr().err


def test_the_table_has_every_command_with_what_it_is_for() -> None:
    help_page = run("--help").stdout
    for name, purpose in app.COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(purpose)}$", help_page, re.MULTILINE)


def test_a_command_alone_is_the_command_among_all() -> None:
    alone = CliRunner().invoke(app.make_app(["serve"]), ["serve", "--help"])
    assert alone.stdout == CliRunner().invoke(app.make_app(), ["serve", "--help"]).stdout
    assert alone.exit_code == 0


def test_what_takes_long_to_load_is_left_to_who_needs_it() -> None:
    slow = ("ortools", "pandas", "numpy", "cel", "geopy.geocoders", "pydantic")
    code = (
        "import sys; from allocation.cli.app import make_app; make_app(['serve']); "
        f"print([name for name in {slow!r} if name in sys.modules])"
    )
    asked = [sys.executable, "-c", code]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_server_loads_or_tools_once_it_serves() -> None:
    code = (
        "import sys; import allocation.server.processes.worker; "
        "print([name for name in ('ortools', 'pandas', 'jwt', 'geopy') if name in sys.modules])"
    )
    asked = [sys.executable, "-c", code]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_serve_says_where_it_listens_plans_and_ends_on_sigterm(tmp_path: Path) -> None:
    order = tmp_path / "order.json"
    order.write_text(
        json.dumps(
            {
                "id": "1",
                "destination": {"address": {"region_code": "US", "postal_code": "98101"}},
                "lines": [{"id": "1", "sku": "MUG-A", "quantity": 1}],
            }
        )
    )
    with subprocess.Popen(
        [*PROGRAM, "serve", "--port", "0", "--network", str(demo_directory())],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
    ) as server:
        assert server.stderr is not None
        entries = (json.loads(line) for line in server.stderr)
        ready = next(entry for entry in entries if entry["message"] == "ready")
        done = run(
            "allocate", order, "--server", ready["address"], "--stock",
            demo_directory() / "stock.json", "-f", "sentences",
        )  # fmt: skip
        server.send_signal(signal.SIGTERM)
        server.stderr.read()
    assert done.returncode == ExitCode.OK, done.stderr
    assert "(1 x MUG-A) from" in done.stdout
    assert server.returncode == ExitCode.OK


def test_serve_refuses_a_network_file_that_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "network.json"
    file.write_text('{"locations": [{"id": ""}]}')
    done = run("serve", "--port", 0, "--network", file)
    assert done.returncode == ExitCode.INVALID_INPUT
    assert "network.json" in done.stderr

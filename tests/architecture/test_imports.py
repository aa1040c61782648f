"""The contracts in `.importlinter` really stop the imports that they are there to stop."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.architecture.modules import ROOT

LINT = Path(sysconfig.get_path("scripts")) / "lint-imports"

# The smallest tree that keeps every contract, with all permitted kinds of import.
ALLOWED = {
    "routing/__init__.py": "",
    "routing/geo.py": "import geopy",
    "routing/order.py": "import routing.geo",
    "routing/sourcing.py": "import routing.order",
    "routing/v1/__init__.py": "",
    "routing/v1/order_pb2.py": "from google.protobuf import descriptor",
    "allocation/__init__.py": "",
    "allocation/optimize/__init__.py": "import routing.sourcing",
    "allocation/optimize/cp_sat.py": "import ortools",
    "allocation/ledger/__init__.py": "",
    "allocation/ledger/sqlite.py": "import sqlite3",
    "allocation/ledger/postgres.py": "import psycopg",
    "allocation/engine.py": "import allocation.optimize",
    "allocation/outside.py": "",
    "allocation/live_rates.py": "import allocation.outside\nimport routing.order",
    "allocation/geocoding.py": "import allocation.outside\nimport geopy.geocoders",
    "allocation/v1/__init__.py": "",
    "allocation/v1/plan_pb2.py": "from routing.v1 import order_pb2",
    "allocation/server/__init__.py": "from allocation.v1 import plan_pb2",
    "allocation/server/app.py": "import grpc\nfrom routing.v1 import order_pb2",
    "allocation/cli.py": "import allocation.server\nfrom google.protobuf import message",
}


def lint(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Write `files` below `folder` and check them against the project's contracts."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"{text}\n", encoding="utf-8")
    shutil.copy(ROOT / ".importlinter", folder)
    return subprocess.run(
        [sys.executable, str(LINT), "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_the_design_permits_is_permitted(tmp_path: Path) -> None:
    done = lint(tmp_path, ALLOWED)
    assert done.returncode == 0, done.stdout + done.stderr


def test_modules_that_do_not_exist_yet_are_no_fault(tmp_path: Path) -> None:
    done = lint(
        tmp_path,
        {f"{name}/__init__.py": "" for name in ("routing", "allocation", "routing/v1")}
        | {"allocation/v1/__init__.py": ""},
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("path", "text", "contract"),
    [
        ("routing/rules.py", "import allocation", "never the reverse"),
        ("routing/geo.py", "import routing.order", "facts on geography"),
        ("routing/order.py", "import routing.sourcing", "facts on geography"),
        ("allocation/optimize/greedy.py", "import allocation.ledger", "pure optimizer"),
        ("allocation/ledger/memory.py", "import allocation.server", "pure optimizer"),
        ("allocation/engine.py", "import allocation.live_rates", "pure optimizer"),
        ("allocation/live_rates.py", "import allocation.server", "pure optimizer"),
        ("allocation/server/app.py", "import geopy.geocoders", "geopy only"),
        ("allocation/engine.py", "import ortools.sat", "ortools only"),
        ("routing/rating.py", "import ortools", "ortools only"),
        ("allocation/ledger/sqlite.py", "import psycopg.rows", "psycopg only"),
        ("allocation/ledger/api.py", "import sqlite3", "sqlite3 only"),
        ("routing/order.py", "def f():\n    import geopy.distance", "geopy only"),
        ("routing/order.py", "from google.type import money_pb2", "gRPC and protobuf only"),
        ("allocation/engine.py", "import grpc", "gRPC and protobuf only"),
        ("allocation/engine.py", "from allocation.v1 import plan_pb2", "generated packages only"),
        ("routing/order.py", "from routing.v1 import order_pb2", "generated packages only"),
    ],
)
def test_an_import_against_the_laws_is_stopped(
    tmp_path: Path, path: str, text: str, contract: str
) -> None:
    done = lint(tmp_path, {**ALLOWED, path: text})
    broken = [line for line in done.stdout.splitlines() if " BROKEN" in line]
    assert done.returncode != 0
    assert any(contract in line for line in broken), done.stdout

"""The program of docs/how-to/allocate-from-node.md, run as the page says."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path

from allocation.server.in_process import server_in_thread
from tests.architecture.modules import ROOT
from tests.examples.node import ran, require_node, with_packages

PAGE = ROOT / "docs" / "how-to" / "allocate-from-node.md"


def block_of(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def test_the_program_of_the_page_prints_what_the_page_says(tmp_path: Path) -> None:
    node = require_node()
    with_packages(tmp_path)
    with server_in_thread() as server:
        program = block_of("js").replace("127.0.0.1:50051", server.address)
        (tmp_path / "allocate.mjs").write_text(program)
        variables = {
            "SHIPFROM": str(ROOT),
            "COMMON_PROTOS": str(distribution("googleapis-common-protos").locate_file("")),
        }
        done = ran([node, "allocate.mjs"], variables, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == block_of("text")

"""Network files: loaded at start, whole or with every problem."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format

from allocation.server.in_process import running_server
from allocation.server.network_files import NetworkFileError, load_network_files
from allocation.server.network_store import NetworkStore
from allocation.server.settings import ServerSettings
from allocation.server.shipped import initial_state
from tests.allocation.server.samples import (
    allocate_request,
    connected,
    item,
    location,
    network_messages,
)


def write(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def network_json() -> dict[str, Any]:
    locations, items = network_messages()
    return json_format.MessageToDict(locations) | json_format.MessageToDict(items)


def store() -> NetworkStore:
    return NetworkStore(initial_state(shipped_rates=True))


async def test_a_server_starts_with_the_network_of_its_files(tmp_path: Path) -> None:
    files = (
        write(tmp_path / "network.json", network_json()),
        write(tmp_path / "more.json", {"items": [json_format.MessageToDict(item("hat"))]}),
    )
    settings = ServerSettings(port=0, network_files=files)
    async with running_server(settings) as server, connected(server) as client:
        request = allocate_request({"hat": "1"}, {"hat": {"reno": "1"}})
        plan = (await client.allocation.Allocate(request)).plan
    assert [shipment.location_id for shipment in plan.shipments] == ["reno"]


def test_warnings_of_files_are_given_back(tmp_path: Path) -> None:
    content = {"locations": [json_format.MessageToDict(location("limbo"))]}
    warnings = load_network_files(store(), [write(tmp_path / "network.json", content)])
    assert any("limbo" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ([], "not a JSON object"),
        ({"locatoins": []}, "unknown fields locatoins"),
        ({"locations": [{"idd": "x"}]}, 'no field named "idd"'),
        ({"locations": "x"}, "locations"),
        (
            {"locations": [{"tz": "Mars"}], "items": [{"id": "a", "quantityScale": 9}]},
            "locations[0].id",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_problem(
    tmp_path: Path, content: Any, problem: str
) -> None:
    path = write(tmp_path / "network.json", content)
    target = store()
    with pytest.raises(NetworkFileError) as caught:
        load_network_files(target, [path])
    assert str(caught.value).startswith(f"{path}: ")
    assert problem in str(caught.value)
    assert target.state.version == 0


def test_a_file_that_is_missing_or_no_json_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    for path, problem in ((tmp_path / "none.json", "cannot be read"), (broken, "is not JSON")):
        with pytest.raises(NetworkFileError, match=problem):
            load_network_files(store(), [path])

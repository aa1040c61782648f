from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any

import pytest

from allocation.server.in_process import running_server
from allocation.server.interceptors.audit import summary_of
from allocation.server.security.settings import SecuritySettings
from allocation.server.security.tokens import digest_of
from allocation.server.settings import ServerSettings
from allocation.v1 import rule_service_pb2, stock_service_pb2, stock_service_pb2_grpc
from routing.v1 import network_service_pb2 as net
from routing.v1.location_pb2 import StockLocation
from tests.allocation.server.samples import Client, connected, error_of, network_messages

AUDIT = "allocation.server.audit"


@pytest.fixture
def entries(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(logging.getLogger("allocation.server"), "propagate", True)
    caplog.set_level(logging.INFO, AUDIT)
    return lambda: [vars(record) for record in caplog.records if record.name == AUDIT]


async def test_a_change_is_written_down_with_what_and_how_it_ended(
    client: Client, entries: Any
) -> None:
    locations, _ = network_messages()
    await client.network.PutLocations(locations)
    await error_of(
        client.network.PutLocations(net.PutLocationsRequest(locations=[StockLocation()]))
    )
    done, refused = entries()[-2:]
    assert done["method"] == "/routing.v1.NetworkService/PutLocations"
    assert (done["principal"], done["proved_by"], done["code"]) == ("local", "nothing", "OK")
    assert done["change"] == {"locations_count": 3}
    assert done["call_id"]
    assert (refused["code"], refused["reason"]) == ("INVALID_ARGUMENT", "INVALID_REQUEST")


async def test_what_changes_nothing_is_not_written_down(client: Client, entries: Any) -> None:
    before = len(entries())
    await client.network.ListItems(net.ListItemsRequest())
    assert len(entries()) == before


async def test_refused_callers_are_written_down_too(tmp_path: Path, entries: Any) -> None:
    principals = tmp_path / "principals.toml"
    principals.write_text(
        f'[[principal]]\nname = "shop"\nroles = ["checkout"]\ntoken_sha256 = "{digest_of("t")}"',
        encoding="utf-8",
    )
    settings = ServerSettings(port=0, security=SecuritySettings(principals_file=principals))
    async with running_server(settings) as server, connected(server) as client:
        put = net.PutItemsRequest(items=network_messages()[1].items)
        shop = (("authorization", "Bearer t"),)
        await error_of(client.network.PutItems(put, metadata=shop))
        await error_of(client.network.PutItems(put))
    known, unknown = entries()
    # What they sent is not read.
    assert known["change"] == unknown["change"] == {}
    assert (known["principal"], known["reason"]) == ("shop", "PERMISSION_DENIED")
    assert (unknown["principal"], unknown["reason"]) == ("", "UNAUTHENTICATED")


def test_a_summary_counts_lists_and_digests_long_texts() -> None:
    text = "name: x\n" * 100
    request = rule_service_pb2.PutRulesRequest(yaml=text, author="kim", validate_only=True)
    assert summary_of(request) == {
        "yaml_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "author": "kim",
        "validate_only": True,
    }
    feed = stock_service_pb2.SetLevelsRequest(rows=[stock_service_pb2.LevelRow()] * 2)
    assert summary_of(feed)["rows_count"] == 2
    assert summary_of("not a message") == {}


async def test_rules_and_stock_are_written_down_with_who_changed_them(
    tmp_path: Path, entries: Any
) -> None:
    principals = tmp_path / "principals.toml"
    principals.write_text(
        "".join(
            f'[[principal]]\nname = "{name}"\nroles = ["{role}"]\n'
            f'token_sha256 = "{digest_of(name)}"\n'
            for name, role in (("ann", "rules"), ("wms", "stock"))
        ),
        encoding="utf-8",
    )
    settings = ServerSettings(port=0, security=SecuritySettings(principals_file=principals))
    async with running_server(settings) as server, connected(server) as client:
        ann, wms = ((("authorization", f"Bearer {name}"),) for name in ("ann", "wms"))
        put = rule_service_pb2.PutRulesRequest(yaml="version: 1\n", author="Ann", comment="first")
        revision = (await client.rules.PutRules(put, metadata=ann)).rule_set.revision
        activate = rule_service_pb2.ActivateRulesRequest(revision=revision, author="Ann")
        await client.rules.ActivateRules(activate, metadata=ann)
        await error_of(client.rules.ActivateRules(activate, metadata=wms))
        stub = stock_service_pb2_grpc.StockServiceStub(client.channel)
        feed = stock_service_pb2.SetLevelsRequest()
        feed.header.request_id = "feed-1"
        feed.rows.add(inventory_item_id="mug", location_id="reno").quantity.value = "1"
        await stub.SetLevels(iter([feed]), metadata=wms)
    seen = [
        (each["method"].rpartition("/")[2], each["principal"], each["proved_by"], each["code"])
        for each in entries()
    ]
    assert seen == [
        ("PutRules", "ann", "token", "OK"),
        ("ActivateRules", "ann", "token", "OK"),
        ("ActivateRules", "wms", "token", "PERMISSION_DENIED"),
        ("SetLevels", "wms", "token", "OK"),
    ]
    assert entries()[1]["change"]["revision"] == revision
    assert entries()[3]["change"]["rows_count"] == 1

"""The checkouts of examples/ against a running server: each does what it shows."""

from __future__ import annotations

from pathlib import Path

from allocation.client import Client, Connection
from allocation.server.in_process import server_in_thread
from allocation.server.security.settings import SecuritySettings
from allocation.server.security.tokens import digest_of
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from tests.allocation.client.proxy import proxied
from tests.allocation.server.security.certificates import Authority
from tests.examples.conftest import MUGS, Checkout, fill, mugs


def test_a_paid_checkout_holds_and_commits(
    server: Server, client: Client, checkout: Checkout
) -> None:
    done = checkout("mug", "3", "10001", SHIPFROM_TARGET=server.address)
    assert done.returncode == 0, done.stderr
    held, paid, committed = done.stdout.splitlines()
    assert held == "held 3 x mug at reno"
    assert paid.startswith("payment of ")
    assert paid.endswith(": accepted")
    assert committed == "committed"
    assert mugs(client) == (MUGS - 3, 0, 3)


def test_a_declined_payment_gives_the_stock_back(
    server: Server, client: Client, checkout: Checkout
) -> None:
    done = checkout("mug", "3", "10001", "--decline", SHIPFROM_TARGET=server.address)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[-1] == "released"
    assert mugs(client) == (MUGS, 0, 0)


def test_what_is_missing_is_said_and_nothing_stays_held(
    server: Server, client: Client, checkout: Checkout
) -> None:
    done = checkout("mug", str(MUGS + 1), "10001", SHIPFROM_TARGET=server.address)
    assert done.returncode == 1, done.stderr
    assert "missing of line-1: " in done.stdout
    assert "payment" not in done.stdout
    assert mugs(client) == (MUGS, 0, 0)


def test_a_refusal_is_told_by_its_reason(
    server: Server, client: Client, checkout: Checkout
) -> None:
    done = checkout("mgu", "1", "10001", SHIPFROM_TARGET=server.address)
    assert done.returncode == 1
    assert done.stderr.startswith("UNKNOWN_ITEM: ")
    assert "Traceback" not in done.stderr


def test_who_leaves_a_word_out_is_told_the_usage(checkout: Checkout) -> None:
    done = checkout("mug")
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")


def test_a_lost_answer_is_asked_for_again_and_nothing_is_held_twice(
    server: Server, client: Client, checkout: Checkout
) -> None:
    with proxied(server.port) as proxy:
        proxy.lose_answers(1)
        done = checkout("mug", "3", "10001", SHIPFROM_TARGET=f"127.0.0.1:{proxy.port}")
        assert proxy.lost == 1
    assert done.returncode == 0, done.stderr
    assert mugs(client) == (MUGS - 3, 0, 3)


def test_a_server_that_asks_who_calls_over_tls_is_served_its_token(
    tmp_path: Path, checkout: Checkout
) -> None:
    authority = Authority()
    certificate, key = authority.issue("server").write(tmp_path, "server")
    ca, principals, token = (tmp_path / name for name in ("ca.crt", "principals.toml", "token"))
    ca.write_bytes(authority.certificate)
    principals.write_text(
        '[[principal]]\nname = "shop"\nroles = ["checkout", "admin"]\n'
        f'token_sha256 = "{digest_of("open sesame")}"\n',
        encoding="utf-8",
    )
    security = SecuritySettings(
        principals_file=principals, tls_certificate_file=certificate, tls_key_file=key
    )
    with server_in_thread(ServerSettings(port=0, security=security)) as server:
        known = Connection(server.address, ca_file=ca, token="open sesame")
        with Client(known, timeout_s=30) as client:
            fill(client)
        variables = {
            "SHIPFROM_TARGET": f"localhost:{server.port}",
            "SHIPFROM_CA_FILE": str(ca),
            "SHIPFROM_TOKEN_FILE": str(token),
        }
        token.write_text("open barley\n", encoding="utf-8")
        refused = checkout("mug", "1", "10001", **variables)
        assert refused.returncode == 1
        assert refused.stderr.startswith("UNAUTHENTICATED: ")
        token.write_text("open sesame\n", encoding="utf-8")
        done = checkout("mug", "1", "10001", **variables)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1] == "committed"

"""Where a server is, how to be sure that it is it, and who is calling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc

from allocation.client.token_interceptor import TokenInterceptor

MOST_MESSAGE_BYTES: Final = 64 << 20

VARIABLES: Final = (
    "SHIPFROM_TLS",
    "SHIPFROM_CA_FILE",
    "SHIPFROM_CERTIFICATE_FILE",
    "SHIPFROM_KEY_FILE",
    "SHIPFROM_TOKEN",
    "SHIPFROM_TOKEN_FILE",
)
"""What `Connection.from_environment` reads."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a server.

    Attributes
    ----------
    target
        ``host:port``, or any name that gRPC resolves (``dns:///shipfrom:50051``).
    ca_file
        Certificates that the server's must be signed by, PEM. Without it, and without
        `tls`, nothing is encrypted.
    tls
        Encrypt, and trust the authorities that the machine trusts.
    certificate_file, key_file
        Our own certificate and its key, where the server asks for one.
    token
        Sent with every call. Prefer `token_file`.
    token_file
        File with the token, read again for every call, so that it can be exchanged.
    server_name
        Name that the server's certificate is for, if it is not the target's.
    """

    target: str
    ca_file: Path | None = None
    tls: bool = False
    certificate_file: Path | None = None
    key_file: Path | None = None
    token: str = ""
    token_file: Path | None = None
    server_name: str = ""

    @property
    def is_encrypted(self) -> bool:
        """Whether the connection is encrypted."""
        return self.tls or self.ca_file is not None or self.certificate_file is not None

    @classmethod
    def from_environment(cls, target: str, environment: Mapping[str, str]) -> Connection:
        """Return a connection set up by `VARIABLES`, each named like the attribute it sets."""

        def path(name: str) -> Path | None:
            return Path(value) if (value := environment.get(name)) else None

        return cls(
            target,
            ca_file=path("SHIPFROM_CA_FILE"),
            tls=environment.get("SHIPFROM_TLS", "") in {"1", "true", "yes"},
            certificate_file=path("SHIPFROM_CERTIFICATE_FILE"),
            key_file=path("SHIPFROM_KEY_FILE"),
            token=environment.get("SHIPFROM_TOKEN", ""),
            token_file=path("SHIPFROM_TOKEN_FILE"),
        )

    def open(self) -> grpc.Channel:
        """Return a channel whose calls say who calls; it connects with the first of them.

        Raises
        ------
        OSError
            If a file cannot be read.
        """
        channel = self._plain() if not self.is_encrypted else self._encrypted()
        if not self.token and self.token_file is None:
            return channel
        # Read here, too: a file that is not there is told before the first call.
        self._token()
        return grpc.intercept_channel(channel, TokenInterceptor(self._token))

    def _plain(self) -> grpc.Channel:
        return grpc.insecure_channel(self.target, options=self._options())

    def _encrypted(self) -> grpc.Channel:
        credentials = grpc.ssl_channel_credentials(
            _content(self.ca_file), _content(self.key_file), _content(self.certificate_file)
        )
        return grpc.secure_channel(self.target, credentials, options=self._options())

    def _token(self) -> str:
        if self.token_file is None:
            return self.token
        return self.token_file.read_text(encoding="utf-8").strip()

    def _options(self) -> list[tuple[str, Any]]:
        options: list[tuple[str, Any]] = [
            ("grpc.max_receive_message_length", MOST_MESSAGE_BYTES),
            ("grpc.max_send_message_length", MOST_MESSAGE_BYTES),
            # Several addresses behind one name share the calls.
            ("grpc.service_config", '{"loadBalancingConfig": [{"round_robin": {}}]}'),
            # A client that is opened anew connects anew, also while others of the process
            # wait on a connection that has gone silent.
            ("grpc.use_local_subchannel_pool", 1),
            # We decide ourselves which calls are made again; see `retries`.
            ("grpc.enable_retries", 0),
            # A connection whose other end is gone without a word is found out.
            ("grpc.keepalive_time_ms", 30_000),
            ("grpc.keepalive_timeout_ms", 5_000),
            ("grpc.http2.ping_timeout_ms", 5_000),
        ]
        if self.server_name:
            options.append(("grpc.ssl_target_name_override", self.server_name))
        return options


def _content(file: Path | None) -> bytes | None:
    return None if file is None else file.read_bytes()

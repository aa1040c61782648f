"""TLS: server certificates that can be replaced while the server runs."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import grpc

from allocation.server.security.content import content_of
from allocation.server.security.reloaded import ReloadedFiles
from allocation.server.security.settings import SecuritySettings


@dataclass(frozen=True, slots=True)
class _Files:
    certificate: Path
    key: Path
    client_ca: Path | None

    @property
    def paths(self) -> tuple[Path, ...]:
        ca = () if self.client_ca is None else (self.client_ca,)
        return (self.certificate, self.key, *ca)

    def read(self) -> grpc.ServerCertificateConfiguration:
        """Return what the files say, once certificate and key are known to belong together."""
        key, certificate = content_of(self.key), content_of(self.certificate)
        client_ca = None if self.client_ca is None else content_of(self.client_ca)
        _check(self.certificate, self.key, self.client_ca)
        return grpc.ssl_server_certificate_configuration([(key, certificate)], client_ca)


def server_credentials(
    settings: SecuritySettings, clock: Callable[[], float]
) -> grpc.ServerCredentials | None:
    """Return credentials that follow the certificate files; ``None`` without any.

    A new certificate is used for connections made from then on; open ones stay as they
    are. One that cannot be used is logged and the old one stays.

    Raises
    ------
    ValueError
        If the files cannot be used at the start.
    """
    if settings.tls_certificate_file is None or settings.tls_key_file is None:
        return None
    files = _Files(
        settings.tls_certificate_file, settings.tls_key_file, settings.tls_client_ca_file
    )
    reloaded = ReloadedFiles(files.paths, files.read, clock)
    first = reloaded.value()
    latest = first

    def fetch() -> grpc.ServerCertificateConfiguration | None:
        # gRPC asks before every handshake; nothing means that nothing has changed.
        nonlocal latest
        current = reloaded.value()
        if current is latest:
            return None
        latest = current
        return current

    return grpc.dynamic_ssl_server_credentials(
        first,
        fetch,  # type: ignore[arg-type]  # the types leave out None, which the function allows
        require_client_authentication=files.client_ca is not None,
    )


def _check(certificate: Path, key: Path, client_ca: Path | None) -> None:
    """Raise `ValueError` if the files could not protect a connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # A password is none of ours to know: without this, OpenSSL would ask the terminal.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        raise ValueError(
            f"{certificate} and {key} are not a certificate and its key: {error.reason}"
        ) from error
    if client_ca is not None:
        try:
            context.load_verify_locations(client_ca)
        except ssl.SSLError as error:
            raise ValueError(f"{client_ca}: holds no certificate: {error.reason}") from error

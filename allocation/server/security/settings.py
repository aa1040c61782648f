"""Who may call a server, and how the connection is protected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from routing.errors import Violation, raise_if_any


@dataclass(frozen=True, slots=True)
class SecuritySettings:
    """Security of one server. Files are read again when they are replaced.

    Attributes
    ----------
    tls_certificate_file, tls_key_file
        Server certificate with its chain, and its private key, both PEM. Without them
        connections are not encrypted.
    tls_client_ca_file
        Certificates that sign those of clients, PEM. With it, a client has to present a
        certificate before it can say anything.
    principals_file
        Names, roles, and digests of tokens or names in client certificates; see
        the page on securing a server.
    jwks_file
        Public keys that sign the tokens (JWT) of an identity provider.
    jwt_issuer, jwt_audience
        What ``iss`` and ``aud`` of such a token must be; both are needed with `jwks_file`.
    jwt_roles_claim
        Claim of such a token that lists the caller's roles.
    allow_anonymous
        Serve beyond this machine without asking who calls. Every caller may do everything.
    allow_plaintext
        Serve beyond this machine without encryption, as behind a proxy that has it.
    rate_per_s
        Calls a second that one client may make in the long run, of each process; 0 for no
        limit. A client is a principal; of calls that nobody proves to have made, an address.
    rate_burst
        Calls that one client may make at once on top of that.

    Raises
    ------
    routing.errors.InvalidInputError
        With every setting that lacks another one or is out of range.
    """

    tls_certificate_file: Path | None = None
    tls_key_file: Path | None = None
    tls_client_ca_file: Path | None = None
    principals_file: Path | None = None
    jwks_file: Path | None = None
    jwt_issuer: str = ""
    jwt_audience: str = ""
    jwt_roles_claim: str = "roles"
    allow_anonymous: bool = False
    allow_plaintext: bool = False
    rate_per_s: float = 0.0
    rate_burst: int = 100

    def __post_init__(self) -> None:
        raise_if_any(list(self._problems()))

    @property
    def asks_who_calls(self) -> bool:
        """Whether callers have to prove who they are."""
        return self.principals_file is not None or self.jwks_file is not None

    @property
    def is_encrypted(self) -> bool:
        """Whether connections are encrypted."""
        return self.tls_certificate_file is not None

    def _problems(self) -> Iterator[Violation]:
        if (self.tls_certificate_file is None) != (self.tls_key_file is None):
            missing = "tls_key_file" if self.tls_key_file is None else "tls_certificate_file"
            yield Violation(missing, "is missing; a certificate and its key go together")
        if self.tls_client_ca_file is not None and self.tls_certificate_file is None:
            yield Violation("tls_client_ca_file", "needs tls_certificate_file and tls_key_file")
        for name in ("jwt_issuer", "jwt_audience"):
            if self.jwks_file is not None and not getattr(self, name):
                yield Violation(name, "is missing; say what a token must state with jwks_file")
        if not self.jwt_roles_claim:
            yield Violation("jwt_roles_claim", "is empty; the usual one is roles")
        if not 0 <= self.rate_per_s <= 1_000_000:
            yield Violation("rate_per_s", f"is {self.rate_per_s}; it must lie in [0, 1000000]")
        if not 1 <= self.rate_burst <= 1_000_000:
            yield Violation("rate_burst", f"is {self.rate_burst}; it must lie in [1, 1000000]")

"""What a server that others can reach must have before it starts."""

from __future__ import annotations

from ipaddress import ip_address

from allocation.server.security.settings import SecuritySettings


def is_local(host: str) -> bool:
    """Whether only this machine can reach a server that listens there."""
    if host == "localhost" or host.startswith("unix:"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def exposure_problems(host: str, security: SecuritySettings) -> list[str]:
    """Return why a server must not listen on a host as it is set up, each with the way out."""
    if is_local(host):
        return []
    problems = []
    if not security.asks_who_calls and not security.allow_anonymous:
        problems.append(
            f"{host} can be reached from other machines and nobody would be asked who they are: "
            "give security.principals_file or security.jwks_file, listen on 127.0.0.1, or say "
            "security.allow_anonymous = true if every caller may do everything"
        )
    if not security.is_encrypted and not security.allow_plaintext:
        problems.append(
            f"{host} can be reached from other machines and tokens and orders would travel in "
            "the clear: give security.tls_certificate_file and security.tls_key_file, listen on "
            "127.0.0.1, or say security.allow_plaintext = true behind a proxy that encrypts"
        )
    return problems

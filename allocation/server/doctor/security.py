"""Certificates, tokens, and who may reach the server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from allocation.server.config.files_check import start_problems
from allocation.server.config.masking import has_password
from allocation.server.doctor.finding import Finding, Severity
from allocation.server.doctor.patient import Patient
from allocation.server.security.principals_file import read_principals
from allocation.server.settings import ServerSettings

SOON: Final = timedelta(days=21)
_OTHERS: Final = 0o077


def start(patient: Patient) -> Iterator[Finding]:
    """Look for what would keep a server from starting, by settings and their files."""
    problems = start_problems(patient.settings)
    for problem in problems:
        yield Finding("security", Severity.ERROR, problem)
    if not problems:
        message = "settings and files of security can be used"
        yield Finding("security", Severity.OK, message)


def certificates(patient: Patient) -> Iterator[Finding]:
    """Look whether certificates are valid now, and for some weeks."""
    security, now = patient.settings.security, patient.world.now()
    for path in (security.tls_certificate_file, security.tls_client_ca_file):
        if path is not None:
            yield from _validity(path, now)


def _validity(path: Path, now: datetime) -> Iterator[Finding]:
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        return  # Told by `start`.
    end = min(each.not_valid_after_utc for each in found)
    begin = max(each.not_valid_before_utc for each in found)
    dates = f"{path} is valid from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
    way_out = "renew it; a running server takes the new files up by itself"
    if not begin <= now < end:
        yield Finding("certificates", Severity.ERROR, f"{dates}, not now", way_out)
    elif end - now < SOON:
        message = f"{dates}, which ends in {(end - now).days} days"
        yield Finding("certificates", Severity.WARNING, message, way_out)
    else:
        yield Finding("certificates", Severity.OK, dates)


def private_files(patient: Patient) -> Iterator[Finding]:
    """Look whether others on the machine can read secrets."""
    for path in (patient.settings.security.tls_key_file, patient.settings.live_rates.key_file):
        if path is None or not path.exists():
            continue  # Told by `start`.
        mode = path.stat().st_mode & 0o777
        if mode & _OTHERS:
            message = f"{path} can be read by others (mode {mode:04o})"
            yield Finding("secrets", Severity.WARNING, message, f"chmod 600 {path}")
        else:
            yield Finding("secrets", Severity.OK, f"{path} is private")
    if patient.settings.store.startswith("postgresql"):
        yield from _password_file(patient.world.password_file())


def settings_file(path: Path, settings: ServerSettings) -> Iterator[Finding]:
    """Look whether others can read a settings file that has the store's password in it."""
    mode = path.stat().st_mode & 0o777
    if has_password(settings.store) and mode & _OTHERS:
        message = f"{path} has the store's password and can be read by others (mode {mode:04o})"
        way_out = f"chmod 600 {path}, or give the password in PGPASSFILE or PGPASSWORD"
        yield Finding("secrets", Severity.WARNING, message, way_out)


def _password_file(path: Path | None) -> Iterator[Finding]:
    """Look whether PostgreSQL's client reads the file: it passes over what others can read."""
    if path is None:
        return
    try:
        mode = path.stat().st_mode & 0o777
    except OSError as error:
        message = f"{path}, which PGPASSFILE names, cannot be read: {error.strerror}"
        yield Finding("secrets", Severity.WARNING, message, "name a file that is there")
        return
    if mode & _OTHERS:
        message = f"{path} is passed over: others can read it (mode {mode:04o})"
        way_out = f"chmod 600 {path}, or give the password in PGPASSWORD"
        yield Finding("secrets", Severity.WARNING, message, way_out)
    else:
        yield Finding("secrets", Severity.OK, f"{path} is private")


def tokens(patient: Patient) -> Iterator[Finding]:
    """Look for tokens that have ended, or are about to."""
    path = patient.settings.security.principals_file
    if path is None:
        return
    try:
        known = read_principals(path)
    except (OSError, ValueError):
        return  # Told by `start`.
    now = patient.world.now()
    principals = (*known.by_digest.values(), *known.by_certificate.values())
    ending = False
    for each in principals:
        if each.expire_time is not None and each.expire_time - now < SOON:
            ending = True
            ended = each.expire_time <= now
            word = "ended" if ended else "ends"
            message = f"the access of {each.name!r} {word} at {each.expire_time:%Y-%m-%d %H:%M} UTC"
            yield Finding(
                "tokens",
                Severity.WARNING,
                message,
                "make a new token: shipfrom token, or remove it",
            )
    if not ending:
        yield Finding("tokens", Severity.OK, f"{len(principals)} principals, none about to end")

"""The page of permissions: every method and the roles that may call it."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.server.security.permissions import AUDITED, PERMISSIONS, PUBLIC
from allocation.server.security.roles import Role
from docs.generator.markdown import code, page, table

_INTRO = """\
A caller has one role or several, from the principals file or from the claims of its token; see
[secure a server](../how-to/secure-a-server.md). What is not in this table is refused to everyone.
A call without a valid token or certificate ends with `UNAUTHENTICATED`, one by a caller without
a fitting role with `PERMISSION_DENIED`. A server that listens on this machine only and was told of
no principals takes every caller for an administrator."""

_ROLES = {
    Role.CHECKOUT: "a commerce backend: plans, quotes, holds, and what becomes of them",
    Role.STOCK: "a warehouse or ERP system: levels, adjustments, audits, and what has left",
    Role.RULES: "the fulfillment team: rule sets, and why plans are what they are",
    Role.READ: "dashboards and support: look at everything, change nothing",
    Role.ADMIN: "everything, the network included",
}


def permissions_page() -> str:
    """Return the page."""
    return page(
        "Permissions",
        [
            _INTRO,
            "## Roles",
            table(("role", "who"), ((code(role.value), _ROLES[role]) for role in Role)),
            "## Methods",
            table(
                ("method", *(role.value for role in Role), "audited"),
                _rows(),
            ),
            f"Open to everyone, for probes: {', '.join(code(each) for each in sorted(PUBLIC))}.",
        ],
    )


def _rows() -> Iterator[tuple[str, ...]]:
    for method, roles in PERMISSIONS.items():
        may = ("yes" if role in roles else "" for role in Role)
        yield code(method[1:]), *may, "yes" if method in AUDITED else ""

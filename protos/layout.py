"""Where the contract, its generated code and the released contract live."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""Top of the repository; generated packages hang below it."""

PROTOS = ROOT / "protos"
"""Root of the proto path: `protos/routing/v1/x.proto` is imported as `routing/v1/x.proto`."""

PACKAGES = ("allocation/v1", "routing/v1")
"""The versioned packages of the contract, as proto path and as Python path alike."""

RELEASED = "released.binpb"
"""Descriptor image of the contract as last released, below the proto root."""


def proto_files(protos: Path) -> list[str]:
    """Return every proto file of the contract as a sorted proto path below `protos`."""
    return sorted(
        f"{package}/{path.name}"
        for package in PACKAGES
        for path in (protos / package).glob("*.proto")
    )


def packages_of(files: list[str]) -> list[str]:
    """Return the packages that `files` (proto paths) belong to, sorted, each once."""
    return sorted({file.rpartition("/")[0] for file in files})

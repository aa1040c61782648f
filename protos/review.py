"""Reviews the contract with buf: its style, and whether it breaks released clients.

buf reads a descriptor image that protoc has built, rather than the proto files:
so it needs no module of its own for Google's types, hence no network.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from protos.layout import PACKAGES, RELEASED
from protos.problem import ContractError
from protos.protoc import tool, write_image


def lint(protos: Path) -> None:
    """Check the style of the contract below `protos` against its `buf.yaml`.

    Raises
    ------
    ContractError
        At least one rule is broken; every finding is listed.
    """
    with tempfile.TemporaryDirectory(prefix="shipfrom-lint-") as folder:
        image = Path(folder) / "contract.binpb"
        write_image(protos, image, source_info=True)
        found = _buf("lint", image, protos, [])
    if found:
        raise ContractError(f"the contract breaks lint rules; mend these lines:\n{found}")


def breaking(protos: Path) -> None:
    """Check that clients of the released contract still work with the one below `protos`.

    Raises
    ------
    ContractError
        Something a released client relies on has changed, or no release is recorded.
    """
    released = protos / RELEASED
    if not released.exists():
        raise ContractError(f"{released} is missing; record a release with `--release`")
    with tempfile.TemporaryDirectory(prefix="shipfrom-breaking-") as folder:
        image = Path(folder) / "contract.binpb"
        write_image(protos, image, source_info=True)
        found = _buf("breaking", image, protos, ["--against", f"{released}#format=binpb"])
    if found:
        raise ContractError(
            f"the contract breaks released clients:\n{found}\n"
            "add fields instead of changing them, reserve what goes, or start a package v2"
        )


def release(protos: Path) -> None:
    """Record the contract below `protos` as released: what `breaking` compares with."""
    write_image(protos, protos / RELEASED, source_info=False)


def _buf(command: str, image: Path, protos: Path, options: list[str]) -> str:
    """Run a buf check on `image` and return its findings, empty when there are none."""
    arguments = [str(tool("buf")), command, f"{image}#format=binpb"]
    arguments += ["--config", str(protos / "buf.yaml"), *options]
    arguments += [part for package in PACKAGES for part in ("--path", package)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603
    output = "\n".join(text.strip() for text in (done.stdout, done.stderr) if text.strip())
    if done.returncode != 0 and not output:
        raise ContractError(f"buf {command} ended with status {done.returncode} and no message")
    return output if done.returncode != 0 else ""

"""Runs the protocol buffer compiler that comes with grpcio-tools."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from protos.layout import proto_files
from protos.problem import ContractError

_SETUP = "run `make .venv` (or: pip install -c constraints.txt -e '.[dev]')"


def tool(name: str) -> Path:
    """Return the path of a command of this Python environment.

    Raises
    ------
    ContractError
        The command is not installed.
    """
    path = Path(sysconfig.get_path("scripts")) / name
    if not path.exists():
        raise ContractError(f"{name} is not installed next to {sys.executable}; {_SETUP}")
    return path


def import_paths(protos: Path) -> list[Path]:
    """Return the folders in which imports of the contract are looked up, ours first."""
    common = Path(str(metadata.distribution("googleapis-common-protos").locate_file("")))
    tools = Path(str(metadata.distribution("grpcio-tools").locate_file("grpc_tools/_proto")))
    return [protos, common, tools]


def run_protoc(protos: Path, files: list[str], outputs: list[str]) -> None:
    """Compile `files` (proto paths below `protos`) as `outputs` (protoc options) say.

    Raises
    ------
    ContractError
        The compiler refused a file; its own message is passed on.
    """
    if not files:
        raise ContractError(f"no proto files below {protos}; is this the root of the contract?")
    includes = [f"-I{path}" for path in import_paths(protos)]
    command = [sys.executable, "-m", "grpc_tools.protoc", *includes, *outputs, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise ContractError(f"protoc refused the contract:\n{done.stderr.strip()}")


def write_image(protos: Path, image: Path, *, source_info: bool) -> None:
    """Write the contract below `protos`, with all it imports, as a descriptor set to `image`.

    Parameters
    ----------
    source_info
        True keeps comments and line numbers, which lint needs; False makes the
        image about a third of the size.
    """
    options = [f"--descriptor_set_out={image}", "--include_imports"]
    if source_info:
        options.append("--include_source_info")
    run_protoc(protos, proto_files(protos), options)


def files_with_services(image: Path) -> list[str]:
    """Return the proto paths in `image` that define at least one service, sorted."""
    descriptors = FileDescriptorSet.FromString(image.read_bytes())
    return sorted(file.name for file in descriptors.file if file.service)

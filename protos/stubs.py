"""Compiles the contract to Python: messages, services and their type stubs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from protos.layout import packages_of, proto_files
from protos.problem import ContractError
from protos.protoc import files_with_services, run_protoc, tool, write_image

SUFFIXES = ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_pb2_grpc.pyi")


def is_generated(path: Path) -> bool:
    """Say whether a file's name is one that generation gives."""
    return path.name.endswith(SUFFIXES) or path.name == "__init__.py"


def generate(protos: Path, out: Path) -> None:
    """Compile the contract below `protos` into packages below `out`.

    A proto file without a service gets no `_pb2_grpc` module. Generated files
    of proto files that are gone are removed. Nothing is touched when the
    contract does not compile.
    """
    with tempfile.TemporaryDirectory(prefix="shipfrom-stubs-") as folder:
        fresh = Path(folder)
        _compile(protos, fresh)
        for package in packages_of(proto_files(protos)):
            _replace(out / package, fresh / package)


def differences(protos: Path, committed: Path) -> list[str]:
    """Return what in the packages below `committed` is not what `protos` compiles to.

    One sentence per file, sorted by path; empty when everything is byte for byte the same.
    """
    with tempfile.TemporaryDirectory(prefix="shipfrom-stubs-") as folder:
        fresh = Path(folder)
        _compile(protos, fresh)
        wanted = _contents(fresh, protos)
        present = _contents(committed, protos)
    found = dict.fromkeys(wanted.keys() - present.keys(), "missing")
    found |= dict.fromkeys(present.keys() - wanted.keys(), "extra: no proto file makes it")
    shared = wanted.keys() & present.keys()
    found |= {name: "stale" for name in shared if wanted[name] != present[name]}
    return [f"{name}: {found[name]}" for name in sorted(found)]


def check(protos: Path, committed: Path) -> None:
    """Raise `ContractError` unless the committed code is what `protos` compiles to."""
    problems = differences(protos, committed)
    if problems:
        listed = "\n  ".join(problems)
        raise ContractError(
            f"generated code does not match the proto files:\n  {listed}\n"
            "run `make generate` and commit the result"
        )


def _compile(protos: Path, out: Path) -> None:
    """Compile everything below `protos` into the empty folder `out`."""
    files = proto_files(protos)
    messages = tool("protoc-gen-mypy")
    run_protoc(
        protos, files, [f"--python_out={out}", f"--plugin={messages}", f"--mypy_out=quiet:{out}"]
    )
    services = tool("protoc-gen-mypy_grpc")
    run_protoc(
        protos,
        _with_services(protos),
        [f"--grpc_python_out={out}", f"--plugin={services}", f"--mypy_grpc_out=quiet:{out}"],
    )
    for package in packages_of(files):
        (out / package / "__init__.py").write_text(_package_docstring(package), encoding="utf-8")


def _with_services(protos: Path) -> list[str]:
    """Return the proto files below `protos` that define a service."""
    with tempfile.TemporaryDirectory(prefix="shipfrom-image-") as folder:
        image = Path(folder) / "contract.binpb"
        write_image(protos, image, source_info=False)
        return files_with_services(image)


def _package_docstring(package: str) -> str:
    name = package.replace("/", ".")
    return f'"""Package `{name}` of the contract, generated from `protos/{package}`."""\n'


def _replace(folder: Path, fresh: Path) -> None:
    """Make `folder` hold the generated files of `fresh` and no other generated file."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in _generated(fresh):
        (folder / path.name).write_bytes(path.read_bytes())
    kept = {path.name for path in _generated(fresh)}
    for path in _generated(folder):
        if path.name not in kept:
            path.unlink()


def _generated(folder: Path) -> list[Path]:
    """Return the files in `folder` that generation makes, sorted."""
    return sorted(path for path in folder.glob("*") if is_generated(path))


def _contents(root: Path, protos: Path) -> dict[str, bytes]:
    """Return the generated files below `root`, by path with forward slashes."""
    return {
        f"{package}/{path.name}": path.read_bytes()
        for package in packages_of(proto_files(protos))
        for path in _generated(root / package)
    }

"""The contract's own checks find what they are there to find."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from protos.generate import main
from protos.layout import PROTOS, ROOT, proto_files
from protos.problem import ContractError
from protos.review import breaking, lint, release
from protos.stubs import check, generate

MEASURES = "routing/v1/measures.proto"
HEIGHT = "google.type.Decimal height_mm = 3;"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the proto files, recorded as released."""
    protos = tmp_path / "protos"
    shutil.copytree(PROTOS, protos, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    release(protos)
    return protos


def edit(protos: Path, file: str, old: str, new: str) -> None:
    """Replace `old`, which must be there, by `new` in a proto file."""
    text = (protos / file).read_text(encoding="utf-8")
    assert old in text
    (protos / file).write_text(text.replace(old, new), encoding="utf-8")


def test_the_committed_code_is_what_the_protos_compile_to() -> None:
    check(PROTOS, ROOT)


def test_the_contract_is_clean_and_keeps_released_clients_working(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--lint", "--breaking"]) == 0
    assert "lint clean" in capsys.readouterr().out


def test_a_name_against_the_style_is_found(copy: Path) -> None:
    lint(copy)
    edit(copy, MEASURES, HEIGHT, "google.type.Decimal heightMm = 3;")
    with pytest.raises(ContractError, match="heightMm"):
        lint(copy)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("allocation/v1/proof.proto", "PROOF_STATUS_UNSPECIFIED", "PROOF_STATUS_NONE"),
        ("allocation/v1/proof.proto", "PROOF_STATUS_OPTIMAL", "OPTIMAL"),
        ("allocation/v1/rule_service.proto", "service RuleService", "service Rules"),
        ("allocation/v1/rule_service.proto", "rpc TryRules(TryRulesR", "rpc TryRules(PutRulesR"),
    ],
    ids=["zero value", "value prefix", "service suffix", "request of its own"],
)
def test_the_style_is_all_of_bufs_standard_rules(copy: Path, file: str, old: str, new: str) -> None:
    lint(copy)
    edit(copy, file, old, new)
    with pytest.raises(ContractError, match=Path(file).name):
        lint(copy)


@pytest.mark.parametrize(
    ("new", "finding"),
    [
        ("", "height_mm"),
        ("string height_mm = 3;", "type"),
        ("google.type.Decimal height_mm = 4;", '"3"'),
        ("google.type.Decimal depth_mm = 3;", "depth_mm"),
    ],
    ids=["removed", "other type", "other number", "other name"],
)
def test_a_field_that_a_released_client_uses_may_not_change(
    copy: Path, new: str, finding: str
) -> None:
    breaking(copy)
    edit(copy, MEASURES, HEIGHT, new)
    with pytest.raises(ContractError, match=finding):
        breaking(copy)


def test_a_released_file_may_not_go(copy: Path) -> None:
    (copy / "allocation/v1/error_reason.proto").unlink()
    with pytest.raises(ContractError, match=r"error_reason\.proto"):
        breaking(copy)


def test_an_added_field_breaks_nobody(copy: Path) -> None:
    edit(copy, MEASURES, HEIGHT, f"{HEIGHT}\n  string note = 4;")
    lint(copy)
    breaking(copy)


def test_a_contract_without_a_recorded_release_says_how_to_record_one(copy: Path) -> None:
    (copy / "released.binpb").unlink()
    with pytest.raises(ContractError, match="--release"):
        breaking(copy)


def test_a_proto_that_does_not_compile_is_refused_and_touches_nothing(
    copy: Path, tmp_path: Path
) -> None:
    generate(copy, tmp_path)
    before = {path: path.read_bytes() for path in (tmp_path / "routing/v1").iterdir()}
    edit(copy, MEASURES, HEIGHT, "google.type.Decimal height_mm = ;")
    with pytest.raises(ContractError, match=r"measures\.proto"):
        generate(copy, tmp_path)
    assert {path: path.read_bytes() for path in (tmp_path / "routing/v1").iterdir()} == before


def test_stale_missing_and_extra_code_are_told_apart(copy: Path, tmp_path: Path) -> None:
    generate(copy, tmp_path)
    check(copy, tmp_path)
    package = tmp_path / "routing/v1"
    (package / "order_pb2.pyi").write_text("", encoding="utf-8")
    (package / "item_pb2.py").unlink()
    (package / "gone_pb2.py").write_text("", encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        check(copy, tmp_path)
    listed = [line.strip() for line in str(caught.value).splitlines()[1:4]]
    assert listed == [
        "routing/v1/gone_pb2.py: extra: no proto file makes it",
        "routing/v1/item_pb2.py: missing",
        "routing/v1/order_pb2.pyi: stale",
    ]


def test_generating_again_mends_the_code_and_leaves_other_files_alone(
    copy: Path, tmp_path: Path
) -> None:
    package = tmp_path / "routing/v1"
    package.mkdir(parents=True)
    (package / "gone_pb2.py").write_text("", encoding="utf-8")
    (package / "notes.txt").write_text("kept", encoding="utf-8")
    generate(copy, tmp_path)
    check(copy, tmp_path)
    assert not (package / "gone_pb2.py").exists()
    assert (package / "notes.txt").exists()


def test_every_proto_file_of_the_contract_is_compiled() -> None:
    on_disk = {path.relative_to(PROTOS).as_posix() for path in PROTOS.rglob("*.proto")}
    assert on_disk == set(proto_files(PROTOS))

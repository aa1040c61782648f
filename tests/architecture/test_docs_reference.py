"""The reference pages are what the code says, and the generator finds what it must find."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from allocation.cli.importers import shopify_orders
from docs.generate import main
from docs.generator import errors_page, import_page, import_tables, pages, planning_page
from docs.generator.columns_read import names_read
from docs.generator.contract import Value, contract
from docs.generator.contract_page import PAGES as CONTRACT_PAGES
from docs.generator.markdown import prose, table
from docs.generator.numpydoc import attributes_of
from docs.generator.problem import DocsError, require_same
from docs.generator.ways_out import WAYS_OUT
from tests.architecture.modules import ROOT


def test_the_reference_pages_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_stale_and_missing_pages_are_named_and_written_anew(tmp_path: Path) -> None:
    shutil.copytree(pages.REFERENCE, tmp_path, dirs_exist_ok=True)
    pages.check(tmp_path)
    with (tmp_path / "errors.md").open("a", encoding="utf-8") as page:
        page.write(" ")
    (tmp_path / "cli.md").unlink()
    with pytest.raises(DocsError) as caught:
        pages.check(tmp_path)
    listed = [line.strip() for line in str(caught.value).splitlines()[1:3]]
    assert listed == ["cli.md: missing", "errors.md: stale"]
    pages.write(tmp_path)
    pages.check(tmp_path)


def test_every_message_enum_and_rpc_of_the_contract_has_its_place() -> None:
    for file in contract():
        text = (pages.REFERENCE / CONTRACT_PAGES[file.package]).read_text(encoding="utf-8")
        names = [message.name for message in file.messages]
        names += [enum.name for enum in file.enums]
        names += [service.name for service in file.services]
        for name in names:
            assert f"# {name}\n" in text, name
        for message in file.messages:
            for field in message.fields:
                assert f"| `{field.name}` |" in text, f"{message.name}.{field.name}"
        for service in file.services:
            for rpc in service.rpcs:
                assert f"| `{rpc.name}` |" in text, rpc.path


def test_headings_of_a_contract_page_are_different_anchors() -> None:
    for name in CONTRACT_PAGES.values():
        lines = (pages.REFERENCE / name).read_text(encoding="utf-8").splitlines()
        headings = [line.lstrip("# ").lower() for line in lines if line.startswith("#")]
        assert len(headings) == len(set(headings))


def test_a_reason_whose_comment_and_status_differ_is_refused() -> None:
    value = Value("ERROR_REASON_UNKNOWN_ITEM", 3, "ABORTED. A line names an unknown item.")
    with pytest.raises(DocsError, match="ABORTED"):
        list(errors_page._rows([value]))


def test_a_new_reason_needs_its_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    without = {k: v for k, v in WAYS_OUT.items() if k != "OVERLOADED"}
    monkeypatch.setattr(errors_page, "WAYS_OUT", without)
    with pytest.raises(DocsError, match="OVERLOADED: not explained"):
        errors_page.errors_page()


def test_a_column_that_an_importer_reads_needs_its_meaning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = dict(import_tables.SHOPIFY_ORDERS)
    del columns["lineitem sku"]
    columns["lineitem colour"] = "never read"
    monkeypatch.setattr(import_tables, "SHOPIFY_ORDERS", columns)
    with pytest.raises(DocsError) as caught:
        import_page.import_page()
    assert "lineitem sku: not explained" in str(caught.value)
    assert "lineitem colour: explained, and gone" in str(caught.value)


def test_the_columns_an_importer_reads_are_found_in_its_code() -> None:
    found = names_read(shopify_orders)
    assert {"lineitem sku", "shipping zip", "created at"} <= found
    assert "email" not in found


def test_the_cost_terms_of_the_page_are_those_that_the_code_names() -> None:
    files = (
        "allocation/render.py",
        "allocation/render_parcels.py",
        "routing/sourcing/charges.py",
    )
    text = "".join((ROOT / each).read_text(encoding="utf-8") for each in files)
    written = {"surcharge:NAME": "surcharge:{name}", "rule:NAME": "rule:{"}
    for term in planning_page.COST_TERMS:
        assert f'"{written.get(term, term)}' in text, term
    named = set(re.findall(r'Charge\(\s*"([^"]+)"', text))
    assert named <= set(planning_page.COST_TERMS)


def test_attributes_that_share_a_text_both_get_it() -> None:
    class Example:
        """An example.

        Attributes
        ----------
        first, second
            What they are,
            on two lines.
        third
            Another.

        Raises
        ------
        ValueError
            Never.
        """

    assert attributes_of(Example) == {
        "first": "What they are, on two lines.",
        "second": "What they are, on two lines.",
        "third": "Another.",
    }


def test_texts_cannot_break_a_table() -> None:
    assert prose("a\n  <b> and ``None``") == "a &lt;b> and `None`"
    assert table(("x",), [("a | b",)]).splitlines()[2] == "| a \\| b |"


def test_names_on_either_side_only_are_all_reported() -> None:
    require_same(["a"], ["a"], "things", "here")
    with pytest.raises(DocsError) as caught:
        require_same(["a", "b"], ["a", "c"], "things", "here")
    assert "c: not explained" in str(caught.value)
    assert "b: explained, and gone" in str(caught.value)

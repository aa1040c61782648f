"""The documentation points at what exists, and its code runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.modules import ROOT
from tests.architecture.test_docs_sessions import write_files_of

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ADRS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))

LINK = re.compile(r"\[[^\]]*\]\((?!https?://|mailto:)([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
RUN = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
READ = re.compile(r"^```py\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
ENTRY = re.compile(r"^\*\*(.+?)\*\*:", re.MULTILINE)


def text_of(page: Path) -> str:
    """Return the text of a page."""
    return page.read_text(encoding="utf-8")


def anchors_of(page: Path) -> set[str]:
    """Return the anchors that headings of a page make."""
    headings = HEADING.findall(FENCE.sub("", text_of(page)))
    return {
        re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


def broken_links(page: Path) -> list[str]:
    """Return every relative link of a page that leads nowhere."""
    broken = []
    for link in LINK.findall(FENCE.sub("", text_of(page))):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    return broken


def name_of(page: Path) -> str:
    """Return a page's path in the repository."""
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert not broken_links(page)


def test_a_link_to_a_missing_page_or_heading_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n[a](gone.md) [b](#two) [c](#one) [d](https://example.com)\n")
    assert broken_links(page) == ["gone.md", "#two"]


@pytest.mark.parametrize("page", [p for p in PAGES if RUN.search(text_of(p))], ids=name_of)
def test_the_code_of_a_page_runs_from_top_to_bottom(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files_of(text_of(page), tmp_path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in RUN.findall(text_of(page)):
        exec(compile(block, name_of(page), "exec"), names)


def test_code_for_reading_is_at_least_python() -> None:
    for page in PAGES:
        for block in READ.findall(text_of(page)):
            compile(block, name_of(page), "exec")


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    reached, waiting = {index.resolve()}, [index]
    while waiting:
        page = waiting.pop()
        for link in LINK.findall(FENCE.sub("", text_of(page))):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in reached:
                reached.add(target)
                waiting.append(target)
    lost = [name_of(page) for page in PAGES if page.is_relative_to(index.parent)]
    assert [page for page in lost if (ROOT / page).resolve() not in reached] == []


def test_decisions_are_numbered_without_gaps_and_say_why_and_at_what_price() -> None:
    assert [int(page.name[:4]) for page in ADRS] == list(range(len(ADRS)))
    for page in ADRS:
        headings = HEADING.findall(text_of(page))
        assert headings[0].startswith(page.name[:4]), page.name
        assert headings[1:] == ["Context", "Decision", "Consequences"], page.name
        assert "\nStatus: " in text_of(page), page.name


def test_the_glossary_is_in_alphabetical_order_and_has_each_word_once() -> None:
    words = [word.casefold() for word in ENTRY.findall(text_of(ROOT / "docs" / "glossary.md"))]
    assert words == sorted(set(words))
    assert "stock location" in words

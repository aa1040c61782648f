"""The report is one page that needs nothing else, whatever the names in it are."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from allocation.backtest.case import Contender
from allocation.backtest.differences import explained
from allocation.backtest.report import differing as differing_section
from allocation.backtest.report.page import report_html
from allocation.backtest.run import run_backtest
from allocation.backtest.summary import summarize
from routing.ids import OrderId
from routing.sourcing.policy import Policy
from tests.allocation.backtest.scenes import CHEAPEST, case, cups, past
from tests.networks import line

RANKED = Contender("ranked", Policy(name="ranked", objectives=("ranked",), extra_shipment_minor=5))
LEVELS = {"cup": {"newark": 9, "dallas": 9}, "pot": {"reno": 9}, "pan": {"atlanta": 9}}
NASTY = '<script>alert("x")</script>&'
VOID = {"meta", "input", "br"}


class Balance(HTMLParser):
    """Notes every element that is closed by another or not at all, and what is loaded."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.loaded: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        self.loaded += [names[key] for key in ("src", "href", "xlink:href") if key in names]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.text.append(data)


def read(page: str) -> Balance:
    parser = Balance()
    parser.feed(page)
    parser.close()
    return parser


def page_of(orders, levels=None, contenders=(CHEAPEST, RANKED), explain=0) -> str:
    result = run_backtest(case(orders, LEVELS if levels is None else levels, contenders))
    summary = summarize(result)
    reasons = explained(result, summary.differing[:explain])
    told = summary.__class__(
        summary.orders,
        summary.compared,
        summary.contenders,
        (*reasons, *summary.differing[explain:]),
        summary.seed,
    )
    return report_html(result, told, "USD")


ORDERS = [
    past(1, [line(1, "cup"), line(2, "pot")]),
    cups(2),
    past(3, [line(1, "pan"), line(2, "cup")]),
]


def test_the_page_is_well_formed_and_loads_nothing():
    page = page_of(ORDERS, explain=1)
    found = read(page)
    assert found.wrong == found.open == found.loaded == []
    assert not re.search(r"(?i)https?:|@import|url\(|<link|srcset", page)


def test_what_is_said_can_be_read_off_the_page():
    text = "\n".join(read(page_of(ORDERS)).text)
    for said in ("cheapest", "ranked", "Cost per order, USD", "Newark", "o001", "paid in all"):
        assert said in text


def test_the_same_input_gives_the_same_bytes():
    assert page_of(ORDERS, explain=2) == page_of(ORDERS, explain=2)


def test_names_from_outside_cannot_become_markup():
    order = past(1, [line(1, "cup"), line(2, "pot")])
    order = order.__class__(OrderId(NASTY), order.placed_time, order.destination, order.lines)
    page = page_of([order], contenders=[CHEAPEST, Contender(NASTY, RANKED.rules)], explain=1)
    assert read(page).wrong == []
    assert page.count("<script>") == 1
    assert NASTY in "".join(read(page).text)


@pytest.mark.parametrize(
    ("levels", "contenders", "says"),
    [
        ({}, [CHEAPEST, RANKED], "Nothing ships."),
        (LEVELS, [CHEAPEST], "Every order is routed the same"),
    ],
)
def test_a_page_with_little_to_say_says_so(levels, contenders, says):
    page = page_of(ORDERS, levels, contenders)
    assert read(page).wrong == []
    assert says in page


def test_a_destination_without_coordinates_leaves_the_map_without_a_flow():
    page = page_of([cups(1, zip_code="00000")])
    assert read(page).wrong == []
    assert 'class="flow"' not in page


def test_more_orders_than_the_page_takes_are_counted(monkeypatch):
    monkeypatch.setattr(differing_section, "MOST_SHOWN", 1)
    page = page_of(ORDERS)
    assert page.count('class="order"') == 1
    assert re.search(r"the JSON form has the other [12] too", page)


def test_a_reason_that_was_found_stands_beside_its_order():
    [sentence] = [
        each for each in read(page_of([cups(1)], explain=1)).text if each.startswith("line-1 (1 x")
    ][:1]
    assert "from Newark" in sentence

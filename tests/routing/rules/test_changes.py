"""What differs between rule sets, as the fulfillment team would say it."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from routing.rules import parse_rule_set
from routing.rules.changes import ChangeKind, PolicyChange, default_of, policy_changes, title_of
from routing.rules.schema import RuleSetFile

HEAD = "version: 1\ncurrency: USD\n"
STORES = """\
prefer:
  - name: stores-first
    location: location.kind == "store"
    credit_minor: 300
"""


def changes(old: str, new: str) -> list[str]:
    files = [parse_rule_set(text, file_name="rules.yaml").file for text in (old, new)]
    return [each.sentence() for each in policy_changes(*files)]


@pytest.mark.parametrize(
    ("old", "new", "path", "what", "values"),
    [
        (
            "",
            "split:\n  max_shipments: 2\n",
            "split.max_shipments",
            "Most shipments per order",
            ("no limit", "2"),
        ),
        (
            "cost:\n  extra_shipment_minor: 50\n",
            "cost:\n  extra_shipment_minor: 250\n",
            "cost.extra_shipment_minor",
            "Cost of every shipment after the first",
            ("0.50 USD", "2.50 USD"),
        ),
        (
            "",
            "cost:\n  extra_shipment_minor: 1250000\n",
            "cost.extra_shipment_minor",
            "Cost of every shipment after the first",
            ("0.00 USD", "12,500.00 USD"),
        ),
        (
            "cost:\n  unfilled_unit_minor: 900\n",
            "",
            "cost.unfilled_unit_minor",
            "Cost of each unit that stays unfilled",
            ("9.00 USD", "filling always wins"),
        ),
        (
            "",
            "strategy: [fewest_shipments, closest]\n",
            "strategy",
            "What a plan is chosen by",
            ("cheapest", "fewest shipments, then closest"),
        ),
        (
            "",
            "split:\n  lines: may_split\n",
            "split.lines",
            "Whether the units of one line may come from several locations",
            ("whole", "may split"),
        ),
        (
            "",
            "split:\n  ship_complete: true\n",
            "split.ship_complete",
            "Whether the order ships completely or not at all",
            ("no", "yes"),
        ),
        (
            STORES,
            STORES.replace("300", "450"),
            "prefer[stores-first].credit_minor",
            "What it is worth",
            ("3.00 USD", "4.50 USD"),
        ),
        (
            STORES,
            STORES + "    until: 2026-12-31\n",
            "prefer[stores-first].until",
            "Last day on which it holds",
            ("for ever", "2026-12-31"),
        ),
    ],
)
def test_a_knob_is_named_with_its_old_and_new_value(
    old: str, new: str, path: str, what: str, values: tuple[str, str]
) -> None:
    said = f"changed  {path}: {what}: {' -> '.join(values)}"
    assert changes(HEAD + old, HEAD + new) == [said]


def test_a_condition_is_quoted_as_it_is_written() -> None:
    new = STORES.replace('"store"', '"dropship"')
    [said] = changes(HEAD + STORES, HEAD + new)
    assert said.startswith("changed  prefer[stores-first].location: Which locations: ")
    assert said.endswith(': location.kind == "store" -> location.kind == "dropship"')


def test_a_rule_that_comes_or_goes_is_told_whole() -> None:
    said = 'prefer[stores-first]: which locations: location.kind == "store"; '
    said += "what it is worth: 3.00 USD"
    assert changes(HEAD, HEAD + STORES) == [f"added    {said}"]
    assert changes(HEAD + STORES, HEAD) == [f"removed  {said}"]


def test_a_rule_with_another_name_is_another_rule() -> None:
    kinds = [
        each.split()[0] for each in changes(HEAD + STORES, HEAD + STORES.replace("first", "1st"))
    ]
    assert kinds == ["removed", "added"]


def test_comments_layout_and_the_order_of_keys_are_no_policy() -> None:
    new = "# new head\ncurrency:   'USD'\nversion: 1\n" + STORES.replace(
        "    credit_minor: 300\n", ""
    ).replace("    location", "    credit_minor: 300   # three dollars\n    location")
    assert changes(HEAD + STORES, new) == []


def test_the_order_counts_only_where_it_means_something() -> None:
    def rules(section: str, *names: str) -> str:
        extra = "    cost: {extra_shipment_minor: 1}\n    when: order.channel == 'web'\n"
        rest = (
            "    location: location.pickup\n    credit_minor: 1\n" if section == "prefer" else extra
        )
        return HEAD + f"{section}:\n" + "".join(f"  - name: {name}\n{rest}" for name in names)

    assert changes(rules("prefer", "a", "b"), rules("prefer", "b", "a")) == []
    assert changes(rules("exceptions", "a", "b"), rules("exceptions", "b", "a")) == [
        "changed  exceptions: Which rule comes first: a, then b -> b, then a"
    ]


def test_amounts_of_no_currency_are_minor_units() -> None:
    text = "version: 1\ncost:\n  extra_shipment_minor: {}\n"
    [said] = changes(text.format(0), text.format(1500))
    assert said.endswith(": 0 minor units -> 1,500 minor units")


def test_to_write_a_default_out_is_no_change() -> None:
    assert changes(HEAD, HEAD + "split:\n  lines: whole\n") == []


def test_the_same_file_has_no_changes() -> None:
    assert changes(HEAD + STORES, HEAD + STORES) == []


ONE_OF_THEM = {"price_minor", "credit_minor", "penalty_minor"}
"""Keys that mean nothing when they are left out: another one is then there."""


def sections(model: type[BaseModel]) -> list[type[BaseModel]]:
    """Return a model and all models inside it."""
    found = [model]
    for field in model.model_fields.values():
        names = {each.__name__: each for each in _models(field.annotation)}
        found += [inner for each in names.values() for inner in sections(each)]
    return found


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for part in getattr(annotation, "__args__", ()) for one in _models(part)]


def test_every_key_of_a_rule_set_has_words() -> None:
    """A key that is added without a description would be shown without a meaning."""
    seen = sections(RuleSetFile)
    assert len(seen) > 6
    for model in seen:
        for name, field in model.model_fields.items():
            assert len(title_of(name, field)) > 4, f"{model.__name__}.{name}"
            if field.default is None:
                said = default_of(field)
                assert said != "not set" or name in ONE_OF_THEM, f"{model.__name__}.{name}"


def test_a_change_is_one_line_whatever_kind_it_is() -> None:
    for kind in ChangeKind:
        assert "\n" not in PolicyChange(kind, "a", "b", "c", "d").sentence()

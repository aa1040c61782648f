"""Conditions that would read what is none of their business, or never come to an end."""

from __future__ import annotations

import cel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rules import parse_rule_set
from routing.rules.conditions.check import problems_of
from routing.rules.conditions.condition import Condition
from routing.rules.conditions.cost import MOST_STEPS, MOST_TAGS, steps_of
from routing.rules.conditions.fields import SUBJECTS
from routing.rules.conditions.patterns import MOST_WEIGHT, pattern_steps, weight_of
from routing.rules.conditions.situation import Situation
from routing.rules.findings import RuleSetError

BOTH = ("order", "line")


def messages(source: str, subjects: tuple[str, ...] = BOTH) -> str:
    return "; ".join(each.message for each in problems_of(source, subjects))


@pytest.mark.parametrize(
    "source",
    [
        "__import__('os').system('true')",
        "open('/etc/passwd') == ''",
        "eval('1') == 1",
        "os.environ == ''",
        "env('HOME') == ''",
        "matches(order.channel, 'a')",
        "order.__class__ == ''",
        "order.__class__.__mro__ == ''",
        "order.channel.__class__() == ''",
        "location.id == 'reno'",
        "item.id == 'mug'",
        "order == order",
        "self.order == ''",
        "globals()['x'] == 1",
        "order.tags.exists(order, order == 'x')",
        "order.tags.exists(location, location == 'x')",
        "order['channel'] == 'web'",
        "type(order.channel) == string",
        "getattr(order, 'x') == 1",
        "lambda: 1",
        "{{ order.channel }}",
        "${jndi:ldap://example.com/a}",
        "order.channel == 'web'; true",
    ],
)
def test_nothing_but_declared_names_can_be_asked_about(source: str) -> None:
    assert messages(source)


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
@given(name=st.from_regex(r"[A-Za-z_]{1,12}", fullmatch=True))
def test_a_field_that_is_not_in_the_table_is_refused(subject: str, name: str) -> None:
    if name not in SUBJECTS[subject]:
        assert messages(f"{subject}.{name} == 'x'", (subject,))


@pytest.mark.parametrize(
    "source",
    [
        "(" * 1_900 + "true" + ")" * 1_900,
        "[" * 1_990 + "]" * 1_990 + " == []",
        "{1:" * 900 + "1" + "}" * 900 + " == {}",
        "true?" * 700 + "true" + ":true" * 700,
        "size(" * 650 + "'a'" + ")" * 650 + " == 1",
        "order" + ".a" * 1_900,
        "[1]" + "[0]" * 1_300 + " == 1",
    ],
    ids=["brackets", "lists", "maps", "choices", "calls", "dots", "indices"],
)
def test_deep_nesting_is_refused_and_ends_no_process(source: str) -> None:
    assert messages(source)


@pytest.mark.parametrize(
    "source",
    [
        "order.tags.all(a, order.tags.all(b, order.tags.all(c, a != b || b != c)))",
        "[1,2].all(a, [1,2].all(b, [1,2].all(c, a + b + c > 0)))",
        "order.tags.map(a, a).map(b, b).map(c, c).map(d, d).size() > 0",
        "order.tags.filter(a, order.tags.map(b, b).size() > 0).size() > 0",
        "order.tags.all(a, " + "size(order.tags) > 0 && " * 8 + "true)",
    ],
)
def test_lists_in_lists_are_refused_before_they_are_tried(source: str) -> None:
    assert "steps" in messages(source)


@pytest.mark.parametrize(
    "source",
    [
        "order.tags.exists(t, t == 'fragile')",
        "order.tags.all(t, t.startsWith('a') || t in ['b', 'c'])",
        "order.tags.exists(a, line.tags.exists(b, a == b))",
        "size(order.tags.filter(t, t.endsWith('x'))) > 2",
        "order.tags.map(t, size(t)).exists(n, n > 5)",
        "order.channel.matches('^(web|app)-[a-z]{2}$')",
        "order.tags.exists(t, t.matches('^vip-[0-9]+$'))",
        "order.postal_code.matches('^\\\\d{5}(-\\\\d{4})?$')",
        "line.sku.matches('^\\\\w+$')",
    ],
)
def test_what_people_write_is_short_enough(source: str) -> None:
    assert messages(source) == ""
    assert steps_of(source) + pattern_steps(source) <= MOST_STEPS


def test_texts_cannot_grow_within_lists() -> None:
    assert "adds within a list" in messages("order.tags.map(t, t + t).size() > 0")
    assert messages("order.channel + '-' + order.country == 'web-US'") == ""


@pytest.mark.parametrize(
    "source",
    [
        "order.channel.matches('\\\\w{300}')",
        "order.channel.matches('(\\\\w{10}){10}')",
        "order.channel.matches('((a{10}){10}){50}')",
        "order.channel.matches('\\x5cw{300}')",
        "order.channel.matches(r'\\w{300}')",
        "order.channel.matches('[\\\\w]{300}')",
        "order.channel.matches('\\\\p{Greek}{300}')",
        "order.tags.exists(t, t.matches('\\\\w{9}'))",
    ],
)
def test_patterns_that_are_large_once_compiled_are_refused(source: str) -> None:
    assert "would take long" in messages(source)


@pytest.mark.parametrize(
    "source",
    [
        "order.channel.matches(order.country)",
        "order.channel.matches('a' + 'b')",
        "order.channel.matches(('a'))",
        "order.tags.exists(t, order.channel.matches(t))",
    ],
)
def test_patterns_are_never_made_of_what_orders_say(source: str) -> None:
    assert "write the pattern out" in messages(source)


@pytest.mark.parametrize(
    ("pattern", "weight"),
    [
        ("", 0),
        ("abc", 3),
        ("a{5}", 5),
        ("a{2,5}b", 6),
        ("a{,5}", 5),
        ("(ab){3}c", 7),
        ("((ab){2}c){3}", 15),
        ("\\w", 100),
        ("\\d{4}", 40),
        ("[a-z0-9]{3}", 6),
        ("[\\w-]", 100),
        ("[^a]", 10),
        (".", 10),
        ("\\{5\\}", 3),
        ("\\p{Lu}", 100),
        ("(?:ab)?", 3),
        ("(?i)ab", 2),
        (")(", 0),
    ],
)
def test_weights_follow_repetitions_into_groups(pattern: str, weight: int) -> None:
    assert weight_of(pattern) == weight


@given(st.text(alphabet="ab(){}[]\\wd.5,?*+|^$", max_size=40))
def test_any_text_has_a_weight_and_what_compiles_is_tried_quickly(pattern: str) -> None:
    assert weight_of(pattern) >= 0
    literal = pattern.replace("\\", "\\\\")
    assert isinstance(problems_of(f"order.channel.matches('{literal}')", BOTH), tuple)


@given(st.text(max_size=60))
def test_any_text_is_judged_without_an_error_of_its_own(source: str) -> None:
    assert isinstance(problems_of(source, BOTH), tuple)


def test_the_most_that_is_allowed_is_answered_for_the_largest_order() -> None:
    # What is counted stands for time: this is the dearest kind of condition that passes.
    source = "order.tags.exists(a, line.tags.exists(b, a == b))"
    assert messages(source) == ""
    tags = tuple(f"{number:0100}" for number in range(MOST_TAGS))
    order = dict.fromkeys(SUBJECTS["order"], "") | {"tags": tags}
    line = dict.fromkeys(SUBJECTS["line"], "") | {"tags": tuple(f"x{each}" for each in tags)}
    assert Condition("rule", source).holds(Situation(order=order, line=line)) is False


def test_a_pattern_of_the_most_weight_is_one_that_cel_compiles() -> None:
    pattern = "\\\\w{20}"
    assert weight_of("\\w{20}") == MOST_WEIGHT
    assert messages(f"order.channel.matches('{pattern}')") == ""
    assert cel.compile(f"''.matches('{pattern}')").execute() is False


def test_a_rule_set_with_a_hostile_condition_is_refused_with_its_place() -> None:
    text = (
        "strategy: cheapest\nrequire:\n  - name: forever\n    because: never ends\n    when: >-\n"
        "      order.tags.all(a, order.tags.all(b, order.tags.all(c, a != b)))\n"
        "    location: location.kind == 'warehouse'\n"
    )
    with pytest.raises(RuleSetError) as caught:
        parse_rule_set(text, file_name="rules.yaml", name="try")
    assert "steps" in str(caught.value)


@pytest.mark.parametrize(
    "amount", ["201E+9999999", "1E+999999", "9" * 40, "1e-999999", "-1E+9999999"]
)
def test_an_amount_beyond_reason_is_a_finding(amount: str) -> None:
    text = (
        "version: 1\nprefer:\n  - name: sea\n    because: nice\n"
        f"    location: location.id == 'newark'\n    credit_minor: {amount}\n"
    )
    with pytest.raises(RuleSetError) as caught:
        parse_rule_set(text, file_name="rules.yaml", name="try")
    assert "credit_minor" in str(caught.value)

"""The rule set: policy that a fulfillment team can read, test and switch on.

`parse_rule_set` turns the text of a file into a `RuleSet`, or into a `RuleSetError` with
everything that is wrong with it. `RuleSet.at` says what it means at a moment, as
`routing.sourcing.build.build_sourcing` wants it.
"""

from routing.rules.findings import Finding, RuleEvaluationError, RuleSetError, Severity
from routing.rules.parse import parse_rule_set, read_rule_set
from routing.rules.rule_set import RuleSet

__all__ = [
    "Finding",
    "RuleEvaluationError",
    "RuleSet",
    "RuleSetError",
    "Severity",
    "parse_rule_set",
    "read_rule_set",
]

"""The keys of a rule set file: one model per section, described for people and editors."""

from routing.rules.schema.rule_set_file import LISTS, RuleSetFile

__all__ = ["LISTS", "RuleSetFile"]

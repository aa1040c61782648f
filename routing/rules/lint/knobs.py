"""Knobs that cancel each other out."""

from __future__ import annotations

from routing.rules.lint.subject import Found, LintedRules, Remark


def knobs_without_effect(rules: LintedRules) -> Found:
    """Find knobs at the top of the file that another one makes pointless."""
    file = rules.read.file
    by_exception = {
        key
        for each in file.exceptions
        for section in (each.cost, each.split)
        for key in section.model_fields_set
    }
    one = file.split.max_shipments == 1 and "max_shipments" not in by_exception
    if one and file.cost.extra_shipment_minor:
        message = "has no effect: split.max_shipments is 1, so that there is never another shipment"
        yield Remark(("cost", "extra_shipment_minor"), message)
    for key in ("min_shipment_value_minor", "min_shipment_units"):
        if one and getattr(file.split, key):
            message = "has no effect: it is about divided orders, and split.max_shipments is 1"
            yield Remark(("split", key), message)
    if file.cost.unfilled_unit_minor == 0:
        message = (
            "is 0: leaving a unit out costs nothing, so that nothing is ever sent; give what a "
            "unit left out costs you, or leave the key out and filling always wins"
        )
        yield Remark(("cost", "unfilled_unit_minor"), message)
    whole = file.split.lines != "may_split" and "lines" not in by_exception
    if whole and file.cost.line_part_minor and file.cost.unfilled_unit_minor is None:
        message = "has no effect on a choice: lines stay whole; add split.lines: may_split"
        yield Remark(("cost", "line_part_minor"), message)
    if isinstance(file.strategy, tuple):
        yield from _objectives_without_effect(file.strategy)


def _objectives_without_effect(strategy: tuple[str, ...]) -> Found:
    for index, name in enumerate(strategy):
        if name in strategy[:index]:
            yield Remark(("strategy", index), f"is {name} again; only the first one has an effect")

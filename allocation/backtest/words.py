"""How figures are written for people, the same in the table and in the report."""

from __future__ import annotations

from allocation.backtest.intervals import Difference
from allocation.backtest.metrics import Metric, Unit
from allocation.money_text import amount_text

NOTHING = "\u2013"
MINUS = "\u2212"


def value_text(unit: Unit, value: float | None, currency: str) -> str:
    """Return a value with the decimals that its unit deserves; a dash for none."""
    if value is None:
        return NOTHING
    match unit:
        case Unit.MONEY:
            return _minus(amount_text(round(value), currency))
        case Unit.COUNT:
            return _minus(f"{value:.3f}")
        case Unit.KILOMETRES:
            return _minus(f"{value:,.0f} km")
        case Unit.DAYS:
            return _minus(f"{value:.2f}")
        case Unit.SHARE:
            return _minus(f"{100 * value:.2f} %")


def change_text(unit: Unit, value: float, currency: str) -> str:
    """Return a difference with its sign; a share's is in percentage points."""
    text = value_text(unit, value, currency)
    if unit is Unit.SHARE:
        text = f"{text.removesuffix(' %')} pp"
    if not any(digit in text for digit in "123456789"):
        return text.removeprefix(MINUS)
    return text if text.startswith(MINUS) else f"+{text}"


def interval_text(unit: Unit, difference: Difference, currency: str) -> str:
    """Return ``"+0.93 to +1.31"``; a dash when it is not known."""
    if difference.low is None or difference.high is None:
        return NOTHING
    low = change_text(unit, difference.low, currency).removesuffix(" pp").removesuffix(" km")
    return f"{low} to {change_text(unit, difference.high, currency)}"


def verdict_text(metric: Metric, difference: Difference) -> str:
    """Return ``"better"``, ``"worse"``, ``"unclear"`` or, without a direction, nothing."""
    if metric.less_is_better is None:
        return ""
    if not difference.sure:
        return "unclear" if difference.value else "same"
    return "better" if (difference.value < 0) == metric.less_is_better else "worse"


def counted(number: int, thing: str) -> str:
    """Return ``"1 plan"`` or ``"2,000 plans"``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _minus(text: str) -> str:
    return text.replace("-", MINUS)

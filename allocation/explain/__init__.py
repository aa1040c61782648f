"""Why a plan is as it is: verdicts, runner-up, counterfactuals, conflicts, sentences."""

from __future__ import annotations

from allocation.explain.explanation import Again, explain

__all__ = ["Again", "explain"]

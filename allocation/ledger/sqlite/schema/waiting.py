"""On what terms units of a plan wait for supply."""

from __future__ import annotations

from typing import Final

WAITING: Final = ("ALTER TABLE plan_row ADD COLUMN waited TEXT NOT NULL DEFAULT ''",)

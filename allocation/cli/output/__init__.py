"""Answers as tables, as sentences and as JSON."""

from __future__ import annotations

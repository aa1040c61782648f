"""Backtests: past orders under several rule sets, through the engine that decides live.

Nothing here reads files, the clock or the environment, and nothing is drawn by chance
without a seed: the same input gives the same result on any number of processes.
"""

from __future__ import annotations

"""What fuzzing finds, and what it used."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

MOST_KEPT: Final = 20
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Wrong:
    """An input that was not answered as it should have been; its number makes it again."""

    family: str
    seed: int
    number: int
    what: str
    content: str

    def __str__(self) -> str:
        return (
            f"{self.family} seed {self.seed} input {self.number}: {self.what}\n"
            f"  input: {self.content[:600]}"
        )


@dataclass
class Outcome:
    """What a run came to; memory in MiB, the first figure once it is warm."""

    family: str
    seed: int
    inputs: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)
    wrong_count: int = 0
    seconds: float = 0.0
    memory: list[float] = field(default_factory=list)

    def note(self, wrong: Wrong) -> None:
        """Count an input that went wrong; the first of each kind are kept."""
        self.wrong_count += 1
        kinds = {each.what for each in self.wrong}
        if len(self.wrong) < MOST_KEPT and wrong.what not in kinds:
            self.wrong.append(wrong)

    @property
    def growth(self) -> float:
        """MiB by which memory grew over the second half of the run."""
        half = self.memory[len(self.memory) // 2 :]
        return half[-1] - half[0] if len(half) > 1 else 0.0


def memory_mib() -> float:
    """Return what this process has in memory."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - no file of ours
        return int(file.read().split()[1]) * _PAGE / (1 << 20)

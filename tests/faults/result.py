"""What a fault did to those who called meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from tests.faults.shop import Told


@dataclass(frozen=True)
class Result:
    """A fault, what shoppers were told meanwhile, and what of it was lost afterwards."""

    fault: str
    told: Told
    lost: tuple[str, ...]

    @property
    def fine(self) -> bool:
        """Whether nothing acknowledged was lost, and nobody was refused or given up on."""
        return not self.lost and not self.told.refused and not self.told.gave_up

    def row(self) -> str:
        """Return it as a row of the table in docs/operating/faults.md."""
        told = self.told
        again = ", ".join(f"{count} {why}" for why, count in told.repeated.most_common(3))
        return (
            f"| {self.fault} | {len(told.committed):,} | {len(self.lost)} | "
            f"{again or 'none'} | {told.longest_gap_s:.2f} s |"
        )


HEADER = (
    "| fault | commits acknowledged | lost | calls repeated under their id | longest gap |\n"
    "|---|---|---|---|---|"
)

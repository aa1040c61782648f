"""Look the locked versions up among published vulnerabilities: ``python -m tools.audit``.

A known vulnerability is an error. That there is no network, or an index without advisories,
is said and is none: a check must not depend on somebody else's server. What was found is
kept for a day, so that checks stay quick.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = ROOT / "constraints.txt"
KEPT: Final = ROOT / ".venv" / ".audit.json"
KEPT_S: Final = {True: 24 * 3600.0, False: 3600.0}
"""By whether everything could be looked up."""
MOST_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look-up came to.

    Attributes
    ----------
    audited, unknown
        Number of versions that were looked up, and that could not be.
    vulnerable
        One sentence per vulnerability.
    problem
        Why nothing could be looked up; empty if something was.
    """

    audited: int
    unknown: int
    vulnerable: tuple[str, ...]
    problem: str = ""

    @property
    def complete(self) -> bool:
        """Whether every version was looked up."""
        return self.audited > 0 and not self.unknown and not self.problem

    def sentence(self) -> str:
        """Return what to tell."""
        if self.vulnerable:
            return f"{len(self.vulnerable)} known vulnerabilities:\n  " + "\n  ".join(
                self.vulnerable
            )
        if self.problem:
            return f"NOT AUDITED: {self.problem}"
        if not self.audited:
            return (
                f"NOT AUDITED: the package index has no advisories on any of {self.unknown} "
                "packages (a mirror?); run make check-dependencies where pypi.org can be reached"
            )
        rest = f"; {self.unknown} could not be looked up" if self.unknown else ""
        return f"no known vulnerability in {self.audited} locked versions{rest}"


def parse(report: str) -> Outcome:
    """Return the outcome that a report of ``pip-audit --format json`` tells."""
    dependencies: list[dict[str, Any]] = json.loads(report)["dependencies"]
    audited = [each for each in dependencies if "skip_reason" not in each]
    vulnerable = tuple(
        f"{each['name']} {each['version']}: {found['id']}, "
        f"mended in {', '.join(found['fix_versions']) or 'no version yet'}"
        for each in audited
        for found in each["vulns"]
    )
    return Outcome(len(audited), len(dependencies) - len(audited), vulnerable)


def look_up(lock: Path) -> Outcome:
    """Ask pip-audit about every version of a lock file, for `MOST_S` seconds at most."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--no-deps"]
    options = ["--disable-pip", "--timeout", "5", "--progress-spinner", "off", "--format", "json"]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and arguments
            [*command, *options], capture_output=True, text=True, timeout=MOST_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(0, 0, (), f"no answer within {MOST_S:g} s; is there a network?")
    try:
        return parse(done.stdout)
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return Outcome(0, 0, (), f"pip-audit could not look anything up: {last[:200]}")


def main() -> int:
    """Print the outcome; return 1 if there is a known vulnerability."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    outcome = _kept(digest)
    if outcome is None:
        outcome = look_up(LOCK)
        if not outcome.vulnerable:
            _keep(digest, outcome)
    print(f"dependencies: {outcome.sentence()}")
    return 1 if outcome.vulnerable else 0


def _kept(digest: str) -> Outcome | None:
    """Return the last outcome if it is about the same lock and recent enough."""
    try:
        kept = json.loads(KEPT.read_text(encoding="utf-8"))
        outcome = Outcome(kept["audited"], kept["unknown"], (), kept["problem"])
        age_s = time.time() - float(kept["time"])
        fresh = kept["lock"] == digest and 0 <= age_s < KEPT_S[outcome.complete]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return outcome if fresh else None


def _keep(digest: str, outcome: Outcome) -> None:
    content = {
        "lock": digest,
        "time": time.time(),
        "audited": outcome.audited,
        "unknown": outcome.unknown,
        "problem": outcome.problem,
    }
    # Where nothing can be kept, the next check looks again.
    with suppress(OSError):
        KEPT.write_text(json.dumps(content), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

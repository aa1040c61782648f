"""Every method, with requests changed in their fields and in their bytes."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from google.protobuf.message import Message

from allocation.server.settings import ServerSettings
from tests.allocation.server.hostile import mutate, random_bytes
from tests.fuzz.desk import Answer, Desk
from tests.fuzz.seeds import NEVER_SERVED, Seed, prepared, request_types

IMPROPER: Final = frozenset(
    {"INTERNAL", "UNKNOWN", "DATA_LOSS", "UNAVAILABLE", "CRASH", "HANGS", "NEVER_ENDED"}
)
RARE: Final = 40
"""A watcher waits for changes, so it gets one of so many turns."""
LIFE: Final = 4_000
"""Inputs after which a new server takes over, so that seeds still mean something to it."""
_ADMITTED_PUTS: Final = 0.02
"""Share of changed puts that may change the network: with most of them, nothing would fit."""


def problem_of(answer: Answer) -> str:
    """Return what is wrong with an answer; empty if it is a proper one."""
    if answer.code in IMPROPER or answer.trace:
        last = answer.trace.strip().splitlines()[-3:]
        return f"{answer.code} {answer.reason} {' | '.join(each.strip() for each in last)}"
    if answer.code not in ("OK", "CANCELLED") and not answer.reason:
        return f"{answer.code} without a reason"
    return ""


class Calls:
    """Makes and answers inputs; `open` before the first, `close` after the last."""

    name = "calls"

    def __init__(self) -> None:
        self._desk: Desk | None = None
        self._seeds: tuple[Seed, ...] = ()
        self._answered = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def answer(self, rng: random.Random) -> tuple[str, str, str]:
        """Answer one input: what kind of answer it got, what is wrong with it, and the input."""
        if self._desk is None or self._answered >= LIFE:
            await self._renew()
        assert self._desk is not None
        self._answered += 1
        seed, contents = self.made(rng)
        answer = await self._desk.call(seed.method, contents)
        kind = answer.reason or answer.code
        return kind, problem_of(answer), f"{seed.method} {[each.hex() for each in contents]}"

    def made(self, rng: random.Random) -> tuple[Seed, Sequence[bytes]]:
        """Return a method and the bytes that it is to be called with."""
        seed = rng.choice(self._seeds)
        if seed.method.endswith("WatchStock") and rng.randrange(RARE):
            seed = self._seeds[0]
        if rng.random() < 0.35:
            return seed, [random_bytes(rng, each) for each in seed.contents()]
        return seed, [self._changed(rng, each).SerializeToString() for each in seed.messages]

    def _changed(self, rng: random.Random, message: Message) -> Message:
        changed = type(message)()
        changed.CopyFrom(message)
        if rng.random() < 0.1:
            # Parts of one request in another of its kind.
            others = [
                each
                for seed in self._seeds
                for each in seed.messages
                if type(each) is type(message)
            ]
            changed.MergeFrom(rng.choice(others))
        mutate(rng, changed, rng.choice((1, 1, 2, 3, 5, 8)))
        if "validate_only" in changed.DESCRIPTOR.fields_by_name and (rng.random() > _ADMITTED_PUTS):
            changed.validate_only = True  # type: ignore[attr-defined]
        return changed

    async def _renew(self) -> None:
        await self.close()
        self._folder = tempfile.TemporaryDirectory()
        store = f"sqlite:{Path(self._folder.name) / 'shipfrom.db'}"
        self._desk = Desk(ServerSettings(store=store))
        await self.learn(self._desk)
        self._answered = 0

    async def learn(self, desk: Desk) -> None:
        """Fill a server, and make requests that mean something to it from then on."""
        seeds = await prepared(desk)
        empty = [
            Seed(method, (kind(),))
            for method, kind in request_types().items()
            if method != NEVER_SERVED
        ]
        planning = [each for each in seeds if each.method.endswith(("Allocate", "Quote"))]
        self._seeds = (*seeds, *planning, *planning, *empty)

    async def close(self) -> None:
        """Let go of the server."""
        if self._desk is not None:
            self._desk.close()
            self._desk = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

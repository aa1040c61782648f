"""The rule sets that a request can name, and the one that decides when it names none."""

from __future__ import annotations

import logging
from collections import OrderedDict
from threading import Event, Lock, Thread
from typing import Final

from allocation.errors import EngineError, RulesInvalidError, UnknownRuleSetError
from allocation.rule_store import RuleStore, StoredRules
from allocation.server.codec.findings import shown
from routing.rules import RuleSet, RuleSetError, parse_rule_set
from routing.rules.presets import DEFAULT, NAMES, PREFIX, preset

LOG: Final = logging.getLogger("allocation.server")

DEFAULT_RULE_SET: Final = f"{PREFIX}{DEFAULT}"

MOST_COMPILED: Final = 64
"""Stored revisions that are kept compiled: planning under one again costs nothing."""


class RuleSets:
    """Presets, stored revisions, and the active one, kept current beside the calls.

    A thread asks the store again and again which activation decides. Whoever plans takes
    one rule set and keeps it to the end, so no decision mixes two.

    Parameters
    ----------
    store
        Keeps the revisions.
    poll_s
        Seconds between two looks at the store for activations that others have made.

    Raises
    ------
    LedgerUnavailableError
        The store cannot be read at the start.
    """

    def __init__(self, store: RuleStore, *, poll_s: float) -> None:
        self._store = store
        self._poll_s = poll_s
        self._lock = Lock()
        self._compiled: OrderedDict[str, RuleSet] = OrderedDict()
        self._number = -1
        self._active: RuleSet | EngineError = preset(DEFAULT)
        self._problem: EngineError | None = None
        self.refresh()
        self._stop = Event()
        self._follower = Thread(target=self._follow, name="rules-follower", daemon=True)
        self._follower.start()

    def find(self, name: str) -> RuleSet:
        """Return a rule set.

        Parameters
        ----------
        name
            A revision or ``preset:NAME``; empty for the active one, which is
            ``preset:cheapest`` as long as none was activated.

        Raises
        ------
        UnknownRuleSetError
            There is none of that name.
        RulesInvalidError
            It is stored, and this version of the program cannot use it.
        LedgerUnavailableError
            It is stored, and the store cannot be read.
        """
        if not name:
            active = self._active
            if isinstance(active, EngineError):
                raise active
            return active
        if name.startswith(PREFIX):
            return _preset(name)
        with self._lock:
            known = self._compiled.get(name)
            if known is not None:
                self._compiled.move_to_end(name)
                return known
        return self._compile(self._stored(name))

    @property
    def activation(self) -> int:
        """Number of the activation that decides; 0 before the first."""
        return max(0, self._number)

    @property
    def active_name(self) -> str:
        """Name of the rule set that decides; empty if it cannot be used."""
        active = self._active
        return active.name if isinstance(active, RuleSet) else ""

    def refresh(self) -> None:
        """Take up the activation that decides now.

        Raises
        ------
        LedgerUnavailableError
            The store cannot be read; what decided before goes on.
        """
        if self._store.activation_number() == self._number:
            return
        number, stored = self._store.active()
        active: RuleSet | EngineError = preset(DEFAULT)
        if stored is not None:
            try:
                active = self._compile(stored)
            except RulesInvalidError as error:
                LOG.error(  # noqa: TRY400  # no bug of ours
                    "the active rule set cannot be used",
                    extra={"rule_set": stored.revision, "problem": error.message},
                )
                # Checkout goes on under the last rules that can be used, if there were any.
                active = error if self._number < 0 else self._active
        with self._lock:
            # A slower look must not undo a later one.
            if number > self._number:
                self._number, self._active = number, active
        name = active.name if isinstance(active, RuleSet) else ""
        LOG.info("rules are active", extra={"rule_set": name, "activation": number})

    def close(self) -> None:
        """Stop following. Repeatable."""
        self._stop.set()
        self._follower.join()

    def _follow(self) -> None:
        while not self._stop.wait(self._poll_s):
            try:
                self.refresh()
            except EngineError as error:
                if self._problem is None:
                    LOG.warning("rules cannot be followed", extra={"problem": error.message})
                self._problem = error
            except Exception:
                # A bug; planning goes on under the rules that it has.
                LOG.exception("rules cannot be followed")
            else:
                if self._problem is not None:
                    LOG.info("rules are followed again")
                self._problem = None

    def _stored(self, name: str) -> StoredRules:
        try:
            return self._store.get(name)
        except UnknownRuleSetError as error:
            raise UnknownRuleSetError(f"{error.message}. {_PRESETS}", error.metadata) from error

    def _compile(self, stored: StoredRules) -> RuleSet:
        compiled = parse_stored(stored)
        with self._lock:
            # Of two that were compiled at the same time, all calls use one.
            compiled = self._compiled.setdefault(stored.revision, compiled)
            self._compiled.move_to_end(stored.revision)
            while len(self._compiled) > MOST_COMPILED:
                self._compiled.popitem(last=False)
        return compiled


_PRESETS: Final = f"Presets are {', '.join(f'{PREFIX}{each}' for each in sorted(NAMES))}"


def parse_stored(stored: StoredRules) -> RuleSet:
    """Return what a stored revision means.

    Raises
    ------
    RulesInvalidError
        It was accepted once and this version of the program cannot use it.
    """
    try:
        return parse_rule_set(stored.text, file_name=stored.revision, name=stored.revision)
    except RuleSetError as error:
        raise RulesInvalidError(
            f"rule set {stored.revision} cannot be used by this version: {error}. Activate another",
            {"rule_set": stored.revision},
        ) from error


def _preset(name: str) -> RuleSet:
    wanted = name.removeprefix(PREFIX)
    if wanted not in NAMES:
        raise UnknownRuleSetError(
            f"no rule set is called {shown(name)}. {_PRESETS}", {"rule_set": name}
        )
    return preset(wanted)
